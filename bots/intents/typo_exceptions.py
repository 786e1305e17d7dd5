"""Words that are one typing error away from a word of a lexicon, and words of their own: "drugs", "вокзал".

Of the 30,000 most frequent words of English, Spanish, Portuguese, German, French, Russian and Italian
(wordfreq 3.1) these are the ones that `bots.intents.tokenizer.correct_typo` would change. Normalized.
"""

TYPO_EXCEPTIONS = frozenset(  # one string: a list of 1000 quoted words is no better to read
    """
    aaa acapulco accadeva accompagnent ajenas alcun alcune amarelas anteilen apagam apagan apagao apaguei
    arenas atenas aucunes aucuns aufsteigen aufstellen aufteilung auftreten aufweisen aufzeigen aussen
    aussere aussern aussert autun avisados babes backpack bacteria bacterial bacterias bacterie bacteries
    bahnlinie baies bailo baise baisse baisses baixa baixas baixe baixou bajas bajes bajon baking
    bakterien bales banera banking banos bares bari barking barrar basco based basee basees basel baseless
    baseline basen baser basis bassa bassin bastaria bastera basti basto bater bateram bates bati batir
    battente batter battere battered batterica batterien batterio batterista batters battersi battery
    batti battre begleiten bekleidung biases bises boca bocas borran boses bosse bosses bossi brasse bucal
    buses busse calais calmante canals canas cancela cancelada cancelar canceled cancellata cancellate
    cancellati cancellato cancelled cancelli cancelliere cancello cancelou cannella cannelle cano canot
    canso cant canta cantado cantando cantano cantao cantar cantata cantate cante cantera canti cantines
    canton cantones cantoras cantos cantou cantu cantv capela capellan capelli capello capilla cappellano
    cappelle cappelli cappello cartella casais casella castor cato causante causantes cauto ccc cento chan
    chanceuse chanceux chang chantant chante chantent chanter chanteurs chanteuses chantier chargeur chart
    chartreuse charts chasseur chat chatarra chats chiant chiants chiara chiarire cinto constante
    constantes contacte contactes contante contanti contanto contar contarte contato contatti contente
    contentes contenti conto contraband contrabando contrabbando contracao contrajo contramao contratado
    contrebande contrebas cooper copper cortam cortan cortante cortas costante costanti costar couler
    coupee coupes coupez couter cuanto davide ddd debating debuting decidere decoller deconner decorrer
    decoudre decoule decoupee decouvert decouvre defeating defouler degagee degager delaying deleite
    deletion depleted derouler detecting dirigere divida divided dividem dividen dividend dividende
    dividersi divides dividia dividio dividirse dividiu divido divierte divine divini divise divisi
    dreaming drugs drummond duvide effacee effaces ehhh einzel einzelner einzelnes eleve elevee elever
    eliminacao eliminadas eliminados eliminan eliminando eliminano eliminant eliminarlo eliminaron
    eliminates eliminati elimination eliminee elimines eliminiert elimino eliminou enlevees enleves
    entfernte entfernten entfernungen enttarnt entwarnung entwerfen esaminare esaminata esaminato esclude
    evitarse examinado examinar examiner exceeded exceeding excerpt exceso excessivement exclu excludes
    exclue excluiu exclure exclus exclusivamente exclut excluye exploded exploding externen fixas fluge
    flugeln flugels flugen fluges fourche galos gatte gebrannt geduscht geforscht gelang gelosa gemischt
    getrennte getrennten girar girare gita gitana glatte golds goles golo gols grate gratta gratter gritar
    gritaria gritarle grotte grottes guiar guidare guimaraes guita guitarist gustar gustara gustare
    gustaria gustarle idoles iii implement individual individuale individuales individuali individuality
    individuals individuell individuelle inflated inflation insulated insulating insulation intra intro
    intrus isles isolamento isolates isolde isolierten isolierung kampfe keane keime keines keins kenne
    kennen kenner kerne keywords kine kleine kleinem kleinen kleiner lavare legami legare levam levar
    levara levarem levate levati levre levure llevare loschi loscht louche mains manos mating medos meins
    meios memos menes menor mens menus meros minas minds mines mins mints minuscole mmm mmmm moans moine
    moines mois monos mons moons motins mutig mutiny nacht nacquero nciht nessuno nich niche nicho nichte
    nichts nickt nient night nooo noooo novos ooo paiement painless panino pano panos panties parcs pares
    parlement parles parted partei partem parten partez partiel partiels partien partis partos partys
    pastas pates pattes pavement payback peras perca perce percezioni perch perco percue percues percurso
    percursos percy perds perdu perdus peres perfusion perks permissao permission permissions permissoes
    perou pers persecucion persecution persecutions persecuzione persecuzioni persuasao persuasion
    persuasione pertes peru pian piana piango piani pianto pieno pino pinos pintas pisano pisses pistao
    plano planos playbook porcs portes postas postes precisao precision puramente quedando queimando
    quejando quemando quitaba quitan quitarle quitarme quitas rainer rauschen rausgehen raussuchen
    recogida recogido recover redire redner refira regner reifer reimer reinar reinem reinen reines reiter
    relire remitido remota remote removendo removes removeu removidas removidos renier renner renova
    renovada renovado renove renover resolvida resolvido resolving retina retine retiram retiran retired
    retiree retiren retires retiro reviving revolving rimuove ritira ruiner saale sacarle sacarme salame
    salao saldamente saldo salement salgo salio salmo salo saltando salto salva salve salvi salvos salvou
    sander sangen sangern sangre sanieren sauren scale scheide scheiden scheidet schlager schlagwort
    schlagzeile schlagzeuger schleife schmiede schnecke schneid schneiden schneider schneidet schnelle
    schreibe schweine scrapped scripted seara sechement segurado selles sembrado sembrare sembrata
    sembrate sembrato semente sena senalada senaladas senalado senalados senas senda senha senna sens
    sense sensi senso sensu senta separam separamos separan separando separano separant separaram
    separaron separarse separarsi separaten separates separating separatist separei separent separo
    settlement severement sieger siegerin signer signing silenced silences silencing silencio silencios
    silenciosa silenzi silenzio silenziosa singe singen singes sinking sinner sinners solitamente soltando
    solved solvencia solvente somete songer sooo soooo sooooo sopprimere sortants soulevent sovente
    sozinhas sozinhos spara sparando sparare sparata sparate sparati sparato spare sparen sparer spares
    sparizione spazieren spits splinter splitter sporen spulen spure stamme stammen stemmen stime stimmt
    stimmte stimmten stinging storiche strapped streich streicheln streichen streicht stretched stretcher
    stretches striped stripper strippers sumamente superacao superacion superada superado superados
    superare superata superate superati superato supplice supplier supprimee supprimees supprimes supreme
    suprimir surement surprise swinging tagli tagliando tagliano tagliata tagliate tagliati tagliato
    tagliche taglie taglio takeaway tambo tanne tarada tarado tassen taste tasted tastes taten tecla telas
    telhados temblores tenne testados testen tienne tiraba tiradas tirador tirados tiranno tirano tirata
    tirato tirava toglierlo togliermi togliersi toglierti togliete tracas trace tracee traces tracos
    tracts traine trance trane tranen tranny transe trarne trending trennt trennte trennten trente tricks
    trucks trummern ummm unitamente valeria veces vezes vice vices vilao viloes viola violado violan
    violar violato violees violo vocable vogais voiced voici voie voies voile voiles voire voles votes
    voyais weber wedel weggehen werder weser wider wieder zerlegt базовая базовои баксов босса видели
    виделись включать включить вокзал вокзала вокзале вставить вывели выдали выделил выделили выделит
    выделять выезжать выкупить вылечить выражать выразить выставить вытащил вытащили гектар гектара
    гектаров голов голова голову голод голода голодом голоду голои голом голосе дорогами дороже дорожке
    дорожная достать драма драме драму драмы загрузить заслужить инструмент инструмента инструментом
    исключил исключили исключительнои коме ооо ответить отдали отдел отдела отделе отделении отделения
    отделки отделы отдельного отдельное отдельном отдельности отдельные отдельным отдельными отдельных
    отели отключили отличить отменить отметить партиеи певцы пензе пенис пенсия перец перца подлодки
    подружка разбирать разбит разбита разбиты развелись развить раздел раздела разделе разделения
    разделены разделил разделили разделы разделяет разделять размещение разобраться разорвать разрешение
    разрешите разрешить роли роль росли стенами убеите уберечь убирать уважение удалении удаления удалять
    удара ударить удачным удачных уделить удивление усиление частые частями частях чистки чистое чистои
    чистым чистых
    """.split()  # noqa: SIM905
)
