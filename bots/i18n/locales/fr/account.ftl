# Settings, recent songs, privacy, and songs that come by another way.

button-delete_all = Tout supprimer
button-confirm_delete = Oui, supprimer
button-share = Partager
button-upload = L'envoyer là-bas
button-again = Renvoyer
button-show = Montrer
button-start = Ouvrir le bot
too_big_here = Depuis ce chat, je ne peux pas télécharger de fichiers de plus de { $limit_bytes }. Envoie le morceau sur la page derrière ce bouton et je réponds ici. Le lien sert une seule fois et expire dans 24 heures.
already_answered = { $song } : ce groupe l'a déjà.
delete_all_confirm = Cela supprime tes morceaux, leurs pistes et mixages, tes réglages et la liste de tes demandes. Les morceaux que d'autres ont aussi envoyés restent disponibles pour eux. C'est irréversible.
delete_all_done = { $orders ->
    [one] C'est fait. { $orders } demande est supprimée, tes réglages aussi.
   *[other] C'est fait. { $orders } demandes sont supprimées, tes réglages aussi.
}
stopping = J'arrête…
stop_too_late = Ce morceau n'est plus en cours de téléchargement.
share_help = Dans le chat où tu le veux, tape /stems et choisis le morceau.
recent_songs = Tes morceaux récents. Choisis-en un et je l'envoie ici.
recent_songs_choose = Choisis un morceau
recent_songs_empty = Rien ici pour l'instant. Envoie-moi d'abord un morceau.
mixer_links = Tes morceaux récents dans le mixeur :
mixer_unavailable = Le mixeur n'est pas disponible ici : aucune adresse web n'est configurée.
choose_stems = Ou choisis des pistes
language-name = Français

settings-mine = Tes réglages. Ils s'appliquent dans tous les chats avec moi.
settings-chat = Réglages de ce groupe. Ils s'appliquent à ceux qui n'ont rien choisi eux-mêmes.
settings-moderators = Seuls les modérateurs peuvent changer les réglages de ce groupe. Pour les tiens, écris-moi en privé.
settings-outputs = Si je ne précise rien
settings-outputs-usual = Me demander
settings-format = Format
settings-format-usual = mp3
settings-effort = Séparation
settings-effort-usual = La meilleure
settings-effort-quick = Rapide
settings-language = Langue
settings-language-usual = Comme dans l'appli
settings-daily = Morceaux par jour
settings-daily-usual = Sans limite
error-Busy-place_day = Ce groupe a utilisé ses { $most } morceaux d'aujourd'hui. Réessaie dans { $ends_s }.
command-recent_songs = Tes morceaux récents, à renvoyer ici
command-recent_songs-song = Quel morceau
command-settings = Langue, format, qualité, et ce que je fais sans précision
command-separate-effort = la meilleure prend plus de temps, la rapide est plus brute
modal-title = Séparer un morceau
privacy = Je conserve ton morceau un jour et ses pistes une semaine, pour répondre plus vite si on le redemande. Je conserve aussi tes réglages et la liste de tes demandes. Seuls les chats où tu demandes et les personnes à qui tu donnes un lien peuvent voir tes fichiers. Tu peux tout supprimer maintenant. Le nombre de minutes de musique que tu as utilisées est oublié après un jour, quoi que tu supprimes.
command-settings-server = Pour tout ce serveur (modérateurs seulement)
modal-file = Morceau
modal-want = Que veux-tu ?
delete_song = Supprimer un morceau
delete_song_done = { $song } et tout ce qui en a été tiré sont supprimés. Les morceaux que d'autres ont aussi envoyés restent disponibles pour eux.
delete_song_confirm = Supprimer { $song } et tout ce qui en a été tiré ? C'est irréversible.
