"""Words that are one typing error away from a word of a lexicon, and words of their own: "drugs", "вокзал".

Of the 30,000 most frequent words of English, Spanish, Portuguese, German, French, Russian and Italian
(wordfreq 3.1) these are the ones that `bots.intents.tokenizer.correct_typo` would change. Normalized.
"""

TYPO_EXCEPTIONS = frozenset(  # one string: a list of 1000 quoted words is no better to read
    """
    aaa aaaah aaah abgehalten abgenommen abgeschaltet abhalten ablassen abogados abschaffen abschaltung
    abschatzen abzuhalten acabados acapulco accadeva accompagnent afogados ahhh ajenas alcune amarelas
    angenommen anlassen anteilen apagam apagan apagando apagao apagaram apaguei apanhados aparatos apart
    apartados aparte apoiadas apoiados apoyadas apoyados appart apparte apurados arenas atacadas atacados
    atenas aucunes aucuns aufgenommen aufgenommene aufpassen aufsteigen aufstellen aufteilung auftreten
    aufweisen aufzeigen ausbleiben ausgehalten ausgelassen ausgeschuttet aushalten auslaufen auslosen
    ausmasse ausrasten ausschlafen aussen aussere aussern aussert auszuhalten auszuschalten autun avisados
    babes backpack bacteria bacterial bacterias bacterie bacteries bahnlinie baies bailo baise baisses
    baixa baixas baixe baixou bajas bajes bajon baking bakterien bales banera banking banos baptista
    baptiste baptists barbados bares bari barista barking barracas barrar barres basco based basee basees
    basel baseless baseline basen baser basis bassa bassin bastaria bastera basti basto bater bateram
    bates bati batir batista battente batter battere battered batterica batterien batterio batters
    battersi battery batti battista battisti battre bautista begleiten bekleidung biases bises boca bocas
    bolsista bordado bordados bordes borges bornes borrachos borrador borradores borran borrando borraron
    boses bosse bosses bossi bourres brasse breakdown breakdowns bucal budistas buses busse calais
    calmante cammelli canals canas cancela cancelada cancelar canceled cancellate cancellati cancellato
    cancelled cancelliere cancelling cancello cancelou cannella cannelle cano canot canso cant cantado
    cantando cantano cantao cantata cantate cante cantera canti cantines canton cantones cantoras cantos
    cantou cantu cantv capela capellan capelli capello capilla cappellano cappelle cappelli cappello
    capteurs carrelli cartelli casais casella castelli castor cato causante causantes cauto ccc centanni
    cento chaleurs chan chanceuse chanceux chang chantant chante chantent chanteuses chantier chantiers
    chapters chargeur chargeurs chart charters chartreuse charts chasseur chasseurs chat chatarra chats
    chiant chiants chiara chiarire cinto constante constantes contacte contactes contante contanti
    contanto contar contarte contato contatti contente contentes contenti conto contraband contrabando
    contrabbando contracao contrajo contramao contratado contrebande contrebas cooper copper cortam cortan
    cortante cortas costante costanti costar coudes coulee couler coupees coupez couple couples coups
    couter cuanto cutoff davide ddd debating debuting decidere decoller decompte deconner decorrer
    decoudre decoule decoupee decouvert decouvre defeating defective defouler degagee delaying delegada
    delegado delegados deleite deletion delgados delicada delicado delicados delictiva depleted derouler
    desactivar desativar descrive desfilar designada designado designados designar desligando desligo
    desligou desliguei desliza deslizar deslocada deslocado deslocados deslocar despegar despegue
    desplegado desplegados desplegar despliegue destinada destinado destinados destinar destitue desviado
    desviados detecting detective dirigere divida divided dividem dividen dividend dividende dividersi
    divides dividia dividio dividirse dividiu divido divierte divine divini divise divisi dreamers
    dreaming dropout drugs drummond dummer duvide effacee ehhh einzel einzelner einzelnes elevee elevees
    elevent eleventh elever eliminacao eliminadas eliminados eliminan eliminando eliminano eliminant
    eliminarlo eliminaron eliminates eliminati elimination eliminiert elimino eliminou enlevant enlevement
    entfernte entfernten entfernungen enttarnt entwarnung entwerfen esaminare esaminata esaminato esclude
    escluse escluso escudero esplode esplodere eteinte eteints etendre evitarse evoluido examinado
    examinar examinee examiner examines exceeded exceeding excerpt exceso excessivement exclu excludes
    exclue excluindo excluiu exclure exclus exclusao exclusiva exclusivamente exclusivas exclusivo
    exclusivos exclut excluye exploda exploded explodes exploding explore explose explote externen falter
    filer filiere filler filmer filtered filters filtrado filtrage filtragem filtrar filtrato filtres
    filtri filtro fitter fixas fluge flugeln flugels flugen fluges folter foltern fourche galos gatte
    gebrannt geduscht geforscht gelang gelosa gemischt getrennte getrennten girar girare gita gitana
    glatte golds goles golo gols grate gratta gratter gritar gritaria gritarle grotte grottes guiar
    guidare guimaraes guita gustar gustara gustare gustaria gustarle idoles iii implement individu
    individua individuale individualism individualita individualite individuality individuals individuare
    individuata individuate individuati individuato individuel individuellen individueller individuelles
    individuels individuen individui individuo individuos individus individuum individuums inflated
    inflation insulated insulating insulation intra intro intrus isles isolamento isolates isolde
    isolierten isolierung kampfe keane keime keines keins kenne kennen kenner kerne keywords kine kleine
    kleinem kleinen kleiner knockout lavare lavata lavato legami legare legata legate legato levada levado
    levam levano levanta levante levanto levar levara levarem levati levava levre levure llevare llevate
    loschi louche lovato mains manos mating medos meins meios memos menes menor mens menus meros minas
    minds mines mins mints minuscole mmm mmmm moans moine moines mois monos mons moons motins mutig mutiny
    nacht nacquero nciht nessuno niche nicho nichte nichts nickt nient nooo noooo novos ooo paiement
    painless panino panista panistas pano panos panties parcs pares parlement parles parted partei partem
    parten partez partiel partiels partien partis partos partys pastas pates pattes pavement payback peras
    perca perce percezioni perch perco percue percues percurso percursos percy perds perdu perdus peres
    perfusion perks permissao permission permissions permissoes perou pers persecucion persecution
    persecutions persecuzione persecuzioni persuasao persuasion persuasione pertes peru piaciuta piaciute
    piaciuti pian piana piango piani pianto pieno pino pinos pintas pisano pisses pistao plano planos
    playbook porcs portes postas postes precisao precision puramente quedando quedarme queimadas queimados
    queimando quejando quejarme quemadas quemados quemando quetes quintas quitaba quitamos quitan
    quitarnos quitaron quitarse quitarte quits quittes quizas quotas quoten quotes rainer rauschen
    rausgehen rausgekommen raussuchen recitando recogida recogidas recogido recogidos recover redigees
    redire redner referees refieres refinada refinado refira regner reifer reimer reinar reinem reinen
    reines reiter reiteradas relire remitido remota remotas remote removendo removeu renier renner renova
    renovada renovado renove renover rentrees reparado resolvida resolvidas resolvido resolvidos resolving
    respirando retardado retina retine retiram retiran retirant retiraram retiraron retired retiren
    retirent retiro retiros retomada retomadas retomado retomando retornado retornando retrasos retratos
    revisada revisado revisando reviving revolving ridosso rimessa rimesse rimesso rimorsi rimorso ritira
    ritirano ritirata ritirato ruiner saale sacaba sacada sacara sacarla sacarle sacarme sacola salame
    salao saldamente saldo salement salgo salio salmo salo saltando salto salva salve salvi salvos salvou
    samuele sandales sander sanders sangen sangern sangre sanieren saque saquei saqueo saqueos sauren
    scala scale scarpa scarsa scarti scarto scatta scheide scheiden scheidet schlager schlagwort
    schlagzeile schleife schmiede schnecke schneid schneiden schneider schneidet schnelle schreibe
    schweine scorta scrapped scripted seara sechement segni segurado selles sembrado sembrare sembrata
    sembrate sembrato semente sena senalada senaladas senalado senalados senas senda senha senna sens
    sense sensi senso sensu sente senti sento separam separamos separan separando separano separant
    separaram separaron separarse separarsi separaten separates separating separatist separei separent
    separo sequence sequenze settlement severement sieger siegerin sienta siente siento signer signing
    silence silenced silences silencieux silencing silencio silencios silenciosa silencioso silenzi
    silenzio silenziosa silenziose singe singes sinking sinner sinners solitamente soltando solved
    solvencia solvente somete songer sooo soooo sooooo sopprimere sortants soulevent sovente sozinhas
    sozinhos spara sparando sparare sparata sparate sparati sparato spare sparen sparer spares sparizione
    sparta spazieren spegne spence spende spendere spengo spense spent spetta spingere spinta spinte
    spinti spinto spits splinter splitter sporen sprechen spulen spunta spunti spunto spure stamme stammen
    stemmen stenti stento sternchen stime stimmt stimmte stimmten stinging storiche strapped straps
    strecken streicheln streicht streichung streifen streiken streiten stretch stretched stretcher
    stretches strich stricken stripe striped stripes stripper strippers sumamente superacao superacion
    superada superado superados superare superata superate superati superato supplice supplier supplies
    supreme surement surprise surprises swinging tagli tagliando tagliano tagliate tagliati tagliato
    tagliche taglie tagliente taglio takeaway takeoff tambo tanne tarada tarado tassen taste tasted tastes
    taten tecla telas telhados temblores tenne testados testen tienne tiraba tirador tiramos tiranno
    tirano tiranos tirata tirato tirava toglierlo togliersi toglierti tracas trace tracee traces tracos
    tracts traine trance trane tranen tranny transe trarne trembler trending trennt trennte trennten
    trente tricks troubler trucks trummern uhhh ummm unitamente valeria veces vezes vice vices vilao
    viloes viola violado violan violar violato violees violo vocable vocalista vogais voiced voici voie
    voies voile voiles voire voles votes voyais weber wedel weggehen weglaufen werder weser wider wieder
    zerlegt ааа базовая базовои баксов босса видели виделись включать вокзал вокзала вокзале вставить
    выброс вывели выдали выдвинуть выделил выделили выделит выделять выезжать выжили выкупить вылечить
    выпил выпила выражать выразить выставить вытащил вытащили гектар гектара гектаров голов голова голову
    голод голода голодом голоду голои голом голосе дорогами дороже дорожке дорожная достать драма драме
    драму драмы загрузить заменить заметить запустить заслужить защитить инструмент инструмента
    инструментом исключает исключен исключил исключили исключительнои коме ооо ответить отдали отдел
    отдела отделе отделении отделения отделки отделы отдельного отдельное отдельном отдельности отдельные
    отдельным отдельными отдельных отели отключили отличить отменить отметить партиеи певцы пензе пенис
    пенсия перец перца подлодки подружка разбирать разбит разбита разбиты развелись развить раздел раздела
    разделе разделения разделены разделил разделили разделы разделяет разделять размещение разобраться
    разорвать разрешение разрешите разрешить роли роль росли стенами убеите уберечь убирать убираться
    уважение удалении удаления удалять удара ударить удачным удачных уделить удивление урана усиление
    частые частями частях чистки чистое чистои чистым чистых
    """.split()  # noqa: SIM905
)
