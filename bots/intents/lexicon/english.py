"""English, as it is typed under a song; understood whatever the sender's language is."""

from bots.intents.lexicon.base import Lexicon, Player, TokenKind
from separator.core.outputs import BASSLESS, DRUMLESS, INSTRUMENTAL, VOCALS, Stem, without

ENGLISH = Lexicon(
    {
        Stem.VOCALS: """
            vocal vocals vocalz voc vocs vox voice voices singing lead_vocal lead_vocals lead_voice
            main_vocal main_vocals vocal_track vocal_tracks
        """,
        VOCALS: """
            acapella acapellas accapella acappella accappella acapela accapela capella cappella acapello
            a_capella a_cappella a_capela a_cappela a_ccapella acca_pella aca_pella studio_acapella
        """,
        Stem.DRUMS: """
            drum drums drumz drms drumtrack drumtracks drumset drumkit drumline drumming percussion
            percussions perc percs bass_drum bass_drums drum_kit drum_set drum_track drum_tracks drum_part
            drum_parts
        """,
        Stem.BASS: """
            bass basses bassline basslines bassguitar base bass_guitar bass_guitars bass_line bass_lines
            bass_track bass_part base_guitar
        """,
        Stem.GUITAR: """
            guitar guitars guitr gtr gtrs gitar guit electric_guitar electric_guitars acoustic_guitar
            acoustic_guitars lead_guitar lead_guitars rhythm_guitar rhythm_guitars guitar_track guitar_part
        """,
        Stem.PIANO: "piano pianos pno keys keyboard keyboards piano_track piano_part",
        TokenKind.OTHER: "other others rest remainder the_other other_stem other_stems other_instruments",
        INSTRUMENTAL: """
            instrumental instrumentals instru inst karaoke karoke kareoke karaokee vocalless vocal_less
            voiceless vocal_free vocalfree accompaniment backing backing_track backing_tracks backingtrack
            backtrack back_track novocals novocal offvocal off_vocal off_vocals voice_free voicefree
        """,
        DRUMLESS: "drumless drumles drum_less drumsless drums_less drumfree drum_free nodrums nodrum",
        BASSLESS: "bassless bassles bass_less bassfree bass_free nobass",
        without(Stem.GUITAR): "guitarless guitar_less guitarfree guitar_free noguitar",
        without(Stem.PIANO): "pianoless piano_less pianofree piano_free nopiano",
        TokenKind.MUSIC: "music background_music instrument instruments band",
        TokenKind.LYRICS: "lyrics lyric words",
        TokenKind.ALL: """
            all every everything each all_of_them all_of_it the_lot anything nothing_else anything_else
        """,
        TokenKind.PARTS: """
            stem stems stemz stms tracks parts split splits splitted separate separated separation split_up
            split_it_up split_this_up separately multitrack multitracks multi_track multi_tracks demix unmix
            pull_apart take_apart individually explode break_into break_down break_apart decompose
            deconstruct individual
        """,
        TokenKind.NOT: """
            no without wo witout whitout withot wihtout withuot wthout minus exclude leave_out leaving_out
            nothing_but_no zero but_without but_no sans free_of minus_the wihout neither
        """,
        TokenKind.BUT: """
            except excluding excluded all_but everything_but everything_except all_except anything_but
            apart_from aside_from other_than save_for but_the_rest
        """,
        TokenKind.CUT: """
            remove removed removing rm delete deleted deleting cut mute muted muting kill strip stripped
            erase eliminate take_out taken_out take_away taken_away get_rid_of rid_of filter_out cut_out
            turn_off removal remover eliminated take_off takes_out taking_out cut_off strip_out strip_away
            strips ditch drop_out leave_off wipe get_rid get_rid_off scrap removes kills mutes remove_all
            take_out_all filter exclude_the clear_out switch_off shut_off switched_off knock_out rip_out
            get_out lose_the ditch_the scrap_the strip_off
        """,
        TokenKind.OFF: """
            out off away gone disappear need_to_go has_to_go have_to_go needs_to_go must_go should_go vanish
        """,
        TokenKind.ONLY: """
            only onli ony onyl olny onlu jsut just solo soloed isolated isolate isolating isolation
            nothing_but purely pure
        """,
        TokenKind.ALONE: "alone by_itself by_themselves on_its_own on_their_own",
        TokenKind.AND: "and n nd or nor & also as_well",
        TokenKind.PLUS: "plus",
        TokenKind.WITH: "with",
        TokenKind.KEEP: "keep keeping leave retain",
        TokenKind.TOGETHER: "together combined in_one_file one_file same_file in_one as_one summed",
        TokenKind.ONE: "one another once",
        TokenKind.ASK: """
            give gimme giv get wanna send make do extract please pls plz plss pleas pliz plis id_like
            would_like lemme download grab pull_out want need can_i_have may_i_have could_i_have can_we_have
            i_would_like looking_for i_need would_love id_love i_would_love needed required wanted necessary
            id_prefer i_would_prefer prefer
        """,
        TokenKind.FOR: "for",
        TokenKind.PLAY: """
            play playing jam jamming practice practise practicing practising im_a i_am_a im_the as_a
            i_am_the
        """,
        TokenKind.VAGUE: """
            beat beats kick snare hihat cymbals sax saxophone strings violin violins trumpet horns brass
            synth synths organ flute cello choir harp backing_vocal backing_vocals background_vocal
            background_vocals backup_vocals backing_singers harmonies melody along piano_man pull drop
            drum_and_bass drum_&_bass drum_n_bass dnb drum_machine drum_backing_track bass_backing_track
            guitar_backing_track piano_backing_track voice_message voice_note voice_memo voice_over
            guitar_hero bass_boosted low_end
        """,
        TokenKind.FILLER: """
            the a an this that these those of in from to my ur i im it its be as at so hey hi hello yo bro
            bruh dude mate guys sir bot stembot song songs track tune music_track audio file files format
            quality thanks thank thx ty tysm now here some any will would can could may ok okay too but then
            maybe we our rehearsal high hq best clean good really very part full whole entire track_of
            all_of ya if possible fast quick quickly asap have has lol haha again same thing stuff take turn
            four five six guy man woman lady girl boy person people somebody someone hear heard any_of
            all_the zip folder archive rar download_link file_with attached following below above
            just_the_same really_need tonight today tomorrow tomorrows kid kids class student students
            practice_session lesson church band_practice gig show wedding party school please_and_thank_you
            kind kindly teh hte th got just_give again_please sorry meant mean thought actually well um uh
            btw lmk id hook hook_up with_the_rest in_advance there version_with both own chance of_a
            any_chance sample should must shall a_lot lot so_much very_much bunch lots heaps big_time theres
            there_is there_are there_isnt daughter daughters son sons wife husband mom dad mum friend
            friends girlfriend boyfriend birthday saturday sunday monday tuesday wednesday thursday friday
            weekend night week morning evening later bar pub stage team choir_practice recital exam audition
            rehearsals gigs homework project assignment video youtube tiktok instagram reel
        """,
        TokenKind.NEGATION: """
            not dont do_not doesnt does_not didnt never nope wont shouldnt should_not must_not mustnt
            dont_you isnt arent no_need no_need_to not_necessary
        """,
        TokenKind.PROTECT: "dont_touch do_not_touch leave_alone dont_change dont_mess_with",
        TokenKind.REST: """
            the_rest everything_else all_else the_others the_other_instruments all_the_rest all_others
            everything_other
        """,
        TokenKind.YES: "yes yeah on yep in_there stays stay",
        TokenKind.INSTEAD: "instead_of rather_than in_place_of",
        TokenKind.HAVE: """
            i_have i_already_have ive_got ive_already_got i_got i_already_got already_have already_got
            we_have we_already_have ive already
        """,
        TokenKind.COUNT: "two three 2 3",
        TokenKind.LEVEL: """
            louder quieter softer boost boosted volume percent turn_down turn_up turned_down turned_up lower
            reduce reduced bring_up bring_down crank_up half more less quiet loud balance tone_down down
            up_front emphasize emphasise amplify decrease increase better clearer
        """,
        TokenKind.PRONOUN: "you me him her us them u",
        TokenKind.EXCLAMATION: """
            what_a what_an such_a check_out_the check_out_that check_out_this listen_to_the listen_to_that
            love_the love_that love_this love_those loving_the
        """,
        TokenKind.COPULA: "is are was were sounds sound",
        Player(Stem.DRUMS): "drummer drummers drum_player percussionist",
        Player(Stem.BASS): "bassist bassists bass_player bass_players",
        Player(Stem.GUITAR): "guitarist guitarists guitar_player guitar_players",
        Player(Stem.PIANO): "pianist pianists piano_player piano_players keyboardist keyboard_player",
        Player(Stem.VOCALS): "singer singers vocalist vocalists",
        TokenKind.QUESTION: """
            why where who when how which do_you did_you does_it you_removed you_deleted you_cut you_took_out
            what i_like i_love i_hate i_enjoy i_miss this_bot the_bot last_time your
        """,
        TokenKind.VERSION: "version version_of versions cover remix arrangement edit",
        TokenKind.AMBIGUOUS: "with_and_without with_or_without either cant_hear",
        TokenKind.MINUS: "minus_one minusone",
    }
)
