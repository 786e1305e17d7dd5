# Une phrase par classe d'erreur, à son nom.

error-StembotError = Quelque chose s'est mal passé. Réessaie, s'il te plaît.
error-SongRefused = Je n'arrive pas à séparer ce morceau.
error-NotAudio = Je ne trouve aucun son dans ce fichier. Envoie le morceau en mp3, wav, flac, m4a ou ogg, ou une vidéo.
error-NoSound = Ce fichier est silencieux ; il n'y a rien à séparer.
error-SongGone = Ton morceau n'est plus enregistré, car il a attendu trop longtemps. Envoie-le encore une fois, s'il te plaît.
error-SongTooLong = Ce morceau est trop long : { $limit_s } au plus.
error-SongTooShort = C'est trop court pour être séparé ; envoie au moins { $least_s }.
error-FileTooBig = Ce fichier est trop gros : { $limit_bytes } au plus.
error-Protected = Ce fichier est protégé contre la copie (DRM), je ne peux pas l'ouvrir. Envoie une version sans protection.
error-UnknownWish = Je ne peux pas tirer ça de ce morceau. Essaie voix, instrumental, sans batterie, sans basse ou toutes les pistes.
error-Busy = Je suis au maximum en ce moment. Réessaie dans un petit moment, s'il te plaît.
error-Busy-jobs_waiting =
    { $most ->
        [one] Tu as déjà { $most } morceau dans la file d'attente. Envoie le suivant quand il sera prêt.
       *[other] Tu as déjà { $most } morceaux dans la file d'attente. Envoie le suivant quand l'un d'eux sera prêt.
    }
error-Busy-jobs_waiting_all =
    { $most ->
        [one] La file d'attente est pleine ({ $most } morceau). Réessaie dans quelques minutes, s'il te plaît.
       *[other] La file d'attente est pleine ({ $most } morceaux). Réessaie dans quelques minutes, s'il te plaît.
    }
error-Busy-rate = Ça fait beaucoup d'un coup. Réessaie dans { $ends_s }, s'il te plaît.
error-Busy-drafts = { $most } de tes morceaux attendent ton choix. Appuie d'abord sur un bouton sous l'un d'eux.
error-Busy-space = Il n'y a plus de place pour d'autres morceaux pour le moment. Réessaie plus tard, s'il te plaît.
error-SeparationFailed = Désolé, la séparation a échoué. Ton morceau n'y est pour rien ; réessaie plus tard, s'il te plaît.
error-LeaseLost = Désolé, la séparation a été interrompue. Réessaie, s'il te plaît.
error-ConfigError = { $setting } n'est pas valide : { $value }
error-ModelNotHere = Les poids de { $model } manquent ou sont incomplets : stembot models pull { $model }.
error-DownloadFailed = Je n'ai pas pu télécharger { $file } en entier ({ $reason }). Ce qui est arrivé est gardé ; le prochain essai reprend là.
error-StorageError = Je n'ai pas pu enregistrer ou lire tes fichiers. Réessaie dans un petit moment, s'il te plaît.
error-NotStored = Ces fichiers ont été supprimés : je garde les pistes une semaine. Renvoie le morceau, s'il te plaît.
error-TooManyBytes = Ce fichier est trop gros : { $limit_bytes } au plus.
error-LinkError = Ce lien ne fonctionne pas.
error-LinkRefused = Ce lien n'est pas valide. Vérifie que tu l'as copié en entier.
error-LinkEnded = Ce lien a expiré. Redemande le morceau au bot pour en avoir un nouveau.
error-SongLost = Je n'ai pas pu télécharger ce morceau depuis le chat. Renvoie-le, s'il te plaît.
