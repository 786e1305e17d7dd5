# Noms et descriptions des commandes et des droits, pour les menus : 100 caractères au plus.

command-start = Ce que je sais faire
command-help = Comment demander
command-vocals = Voix seule
command-instrumental = Instrumental (sans voix)
command-drumless = Sans batterie
command-bassless = Sans basse
command-stems = Chaque piste dans son propre fichier
command-mixer = Un lien vers le mixeur
command-queue = Voir ta place dans la file d'attente
command-cancel = Annuler tes morceaux dans la file d'attente
command-privacy = Quelles données je conserve
command-separate = Séparer un morceau en pistes
command-separate-file = Le morceau : n'importe quel fichier audio ou vidéo
command-separate-want = voix, instrumental, sans batterie, sans basse, toutes les pistes…
command-separate-format = mp3, flac, wav, ogg, m4a ou stem.mp4
command-separate-quality = Comme le morceau, ou 16 bits, 24 bits, 32 bits float, 320, 192, 128 kbit/s
command-menu = Séparer les pistes
permission-send_messages = envoyer des messages
permission-attach_files = joindre des fichiers
permission-embed_links = intégrer des liens
permission-send_messages_in_threads = écrire dans les fils
permission-view_channel = voir ce salon
permission-read_message_history = lire ce salon
