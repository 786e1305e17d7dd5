# Ce qu'on lit dans un chat : le message d'état du début à la fin, les boutons, les réponses.

received = Téléchargement de ton morceau…
heading = { $song } : { $outputs }
choose =
    { $song }
    Qu'est-ce que tu veux en garder ?
queued = Dans la file d'attente : { $before } avant toi{ $eta }.
next = Ton morceau est le prochain{ $eta }.
starting = Démarrage…
load = Chargement du modèle…
decode = Lecture de ton morceau…
separate = Séparation : { $percent } %{ $eta }
encode = Enregistrement des pistes…
mix = Préparation de tes fichiers…
eta = , encore { $eta_s } environ
service-nobody = La séparation ne tourne pas en ce moment. Ton morceau garde sa place dans la file d'attente.
service-loading = Le modèle est encore en cours de chargement. Ton morceau garde sa place dans la file d'attente.
service-drained = La séparation est en pause pour maintenance. Ton morceau garde sa place dans la file d'attente.
service-storage = Notre stockage n'accepte pas de fichiers en ce moment. Ton morceau garde sa place et sera réessayé.
ready = C'est prêt. J'envoie les fichiers…
done = C'est prêt : { $outputs }.
done_in_private = C'est prêt : { $outputs }. Je ne peux pas envoyer ces fichiers dans ce chat, je te les ai donc envoyés en privé.
done_refused = C'est prêt : { $outputs }. Je ne peux pas envoyer ces fichiers dans ce chat ; écoute-les et télécharge-les ici :
done_refused_no_link = C'est prêt : { $outputs }. Je ne peux pas envoyer ces fichiers dans ce chat. Écris-moi en privé et choisis-les avec /stems.
done_too_big =
    C'est prêt : { $outputs }. { $count ->
        [one] { $count } fichier est trop gros pour ce chat ; à écouter et télécharger ici :
       *[other] { $count } fichiers sont trop gros pour ce chat ; à écouter et télécharger ici :
    }
done_too_big_no_link =
    C'est prêt : { $outputs }. { $count ->
        [one] { $count } fichier est trop gros pour ce chat, et aucune adresse web n'est prévue pour les liens.
       *[other] { $count } fichiers sont trop gros pour ce chat, et aucune adresse web n'est prévue pour les liens.
    }
estimated = Ici, batterie, basse et reste sont estimés par une méthode plus simple : c'est moins propre que la voix.
folded = Un stem.mp4 n'a de place que pour quatre pistes : guitare et piano sont dans le reste.
cancelled = Annulé.
cancel_too_late = Trop tard pour annuler : c'est déjà fini.
not_yours = Seule la personne qui a demandé peut faire ça.
order_expired = Cette demande a expiré. Renvoie le morceau, s'il te plaît.

# Boutons : 20 caractères au plus.
button-cancel = Annuler
button-mixer = Ouvrir le mixeur
button-preview = Écouter un extrait
output-vocals = Voix
output-instrumental = Instrumental
output-drumless = Sans batterie
output-bassless = Sans basse
output-guitarless = Sans guitare
output-pianoless = Sans piano
output-stems = Toutes les pistes
output-drums = Batterie
output-bass = Basse
output-other = Le reste
output-guitar = Guitare
output-piano = Piano
output-accompaniment = Instrumental
# Plusieurs à la fois : `Sans batterie ni basse`.
output-without = Sans { $stems }
without-vocals = voix
without-drums = batterie
without-bass = basse
without-other = le reste
without-guitar = guitare
without-piano = piano
without-accompaniment = accompagnement
both = { $one } ni { $other }
help =
    Envoie-moi un morceau et dis ce que tu veux en garder : voix seule, sans batterie, instrumental, sans basse, toutes les pistes. Ajoute flac, wav, ogg, m4a ou stem.mp4 si tu ne le veux pas en mp3.

    La basse et la batterie sortent en général bien propres. La voix, les guitares et le piano se partagent le milieu du spectre : il reste parfois un peu de l'un dans l'autre, surtout en live ou quand c'est très chargé. Vérifie le résultat avant de l'utiliser.
queue_empty = Tu n'as rien dans la file d'attente.
queue_elsewhere = { $count ->
    [one] Tu as une demande dans un autre chat. Envoie-moi /queue là-bas pour la voir.
   *[other] Tu as { $count } demandes dans d'autres chats. Envoie-moi /queue là-bas pour les voir.
}
missing_permission = Je ne peux pas répondre ici, il me manque des droits : { $missing }.
no_song = Je ne trouve pas de morceau dans ce message. Envoie-m'en un, ou réponds à un message qui en contient un.

# Les nombres comme on les dit.
unit-seconds = { $n } s
unit-minutes = { $n } min
unit-hours = { $n } h
unit-hours_minutes = { $hours } h { $minutes } min
unit-megabytes = { $n } Mo
unit-gigabytes = { $n } Go
