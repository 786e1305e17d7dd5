# Fichiers, dossiers et réglages.

error-FolderUnusable = Rien ne peut être écrit dans le dossier { $folder }.
error-FolderUnusable-full = Il n'y a plus de place dans { $folder }. Libérez de l'espace ou indiquez un autre dossier.
error-FolderUnusable-read_only = Le dossier { $folder } est en lecture seule pour cet utilisateur. Indiquez-en un autre ou autorisez-y l'écriture.
error-FolderUnusable-no_folder = { $folder } n'est pas un dossier. Indiquez-en un, ou un chemin où en créer un.
error-FolderUnusable-missing = Le dossier { $folder } manque ou a disparu. Créez-le ou indiquez-en un autre.
error-NoSuchFile = Le fichier { $file } n'existe pas.
error-NoSuchFile-folder = { $file } est un dossier. Indiquez plutôt les morceaux qu'il contient.
error-NoSuchFile-none = Aucun morceau indiqué. Par exemple : separate song.mp3 drumless.
error-NoSuchFile-terminal = Rien n'arrive par le tube. Indiquez un fichier ou envoyez un morceau par un tube.
error-NoSuchFile-device = { $file } n'est ni un fichier ni un tube.
error-SongRefused-unreadable = Le fichier { $file } est illisible : { $why }.
cli-song_limit = STEMBOT_SONG_LIMIT_S fixe cette limite.
cli-model_replaced = Les poids de { $model } sont abîmés, { $by } a donc été utilisé. Pour les remplacer : stembot models pull { $model }
cli-unknown_words = incompris : { $words }
cli-separate-words = morceaux (ou - pour l'entrée standard) et ce qu'il faut en faire : voix, sans batterie, sans basse, toutes les pistes … (par défaut : toutes)
cli-separate-overwrite = remplacer les fichiers de même nom ; sinon les nouveaux reçoivent un numéro
partial = Le fichier est incomplet ou abîmé : il devrait durer { $said_s }, mais seules { $song_s } étaient lisibles. Voici ce qu'il y avait.
error-NotAudio-damaged = Ce fichier est abîmé : rien n'y est lisible. Essaie une autre copie.
error-ConfigError-port_taken = Le port { $value } est pris par un autre programme. Arrêtez-le ou donnez un autre port à { $setting }.
error-ConfigError-host = { $setting } vaut { $value }, qui n'est pas une adresse de cette machine.
error-ConfigError-scheme = { $setting } commence par { $value }, que je ne connais pas. Utilisez { $known }.
error-ConfigError-damaged = La base de données { $value } est abîmée ou n'est pas à moi. Restaurez-la d'une sauvegarde ou déplacez-la pour recommencer.
error-ConfigError-later_version = La base de données vient d'une version plus récente de Stembot. Mettez cette installation à jour.
