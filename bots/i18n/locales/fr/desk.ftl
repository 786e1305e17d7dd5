# Settings, recent songs, privacy, and songs that come by another way.

button-forget = Tout supprimer
button-forget_yes = Oui, supprimer
button-share = Partager
button-upload = L'envoyer là-bas
button-again = Renvoyer
button-show = Montrer
button-start = Ouvrir le bot
too_big_here = Depuis ce chat, je ne peux pas récupérer de fichiers de plus de { $limit_bytes }. Envoie le morceau sur la page derrière ce bouton et je réponds ici. Le lien sert pour un morceau, pendant un jour.
answered_before = { $song } : ce groupe l'a déjà.
forget_sure = Cela supprime tes morceaux, leurs pistes et mixages, tes réglages et la liste de tes demandes. Ce que d'autres ont aussi envoyé reste à eux. Impossible de revenir en arrière.
forgotten = { $orders ->
    [one] C'est fait. { $orders } demande est supprimée, tes réglages aussi.
   *[other] C'est fait. { $orders } demandes sont supprimées, tes réglages aussi.
}
stopping = J'arrête…
too_late_stop = Ce morceau n'est plus en cours de réception.
share_how = Dans le chat où tu le veux, tape /stems et choisis le morceau.
shelf = Tes morceaux récents. Choisis-en un et je l'envoie ici.
shelf_choose = Choisis un morceau
shelf_empty = Rien ici pour l'instant. Envoie-moi d'abord un morceau.
mixer = Tes morceaux récents dans le mixeur :
mixer_none = Aucune adresse web n'est réglée ici, donc pas de mixeur.
choose_stems = Ou choisis des pistes
language-name = Français

settings-mine = Tes réglages. Ils valent dans tous les chats avec moi.
settings-place = Réglages de ce groupe, pour ceux qui n'ont rien choisi d'autre.
settings-moderators = Seuls les modérateurs peuvent changer les réglages de ce groupe. Pour les tiens, écris-moi en privé.
settings-wish = Sans un mot
settings-wish-usual = Demander
settings-format = Format
settings-format-usual = mp3
settings-effort = Séparation
settings-effort-usual = La meilleure
settings-effort-quick = Rapide
settings-language = Langue
settings-language-usual = Comme dans l'appli
settings-daily = Morceaux par jour
settings-daily-usual = Sans limite
error-Busy-place_day = Ce groupe a déjà eu ses { $most } morceaux aujourd'hui. Réessaie dans { $ends_s }.
command-shelf = Mes morceaux récents, à renvoyer ici
command-shelf-song = Lequel
command-settings = Langue, format, qualité, et ce que je fais sans un mot
command-separate-effort = la meilleure prend plus de temps, la rapide est plus brute
modal-title = Séparer un morceau
privacy = Je garde ton morceau un jour et ses pistes une semaine, pour répondre plus vite si on le redemande. Je garde aussi tes réglages et la liste de tes demandes. Personne ne voit tes fichiers, sauf les chats où tu demandes et ceux à qui tu donnes un lien. Tu peux tout faire supprimer maintenant. Le nombre de minutes de musique que tu as eues, je l'oublie après un jour, quoi que tu supprimes.
command-settings-server = Pour tout ce serveur ; réservé aux modérateurs
modal-file = Morceau
modal-want = Que veux-tu ?
shelf_delete = Supprimer un morceau
song_deleted = { $song } est supprimé, avec tout ce que j'en ai fait. Ce que d'autres ont aussi envoyé reste à eux.
delete_sure = Supprimer { $song } et tout ce que j'en ai fait ? Impossible de revenir en arrière.
