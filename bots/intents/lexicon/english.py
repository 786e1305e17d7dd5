"""English, as it is typed under a song; understood whatever the sender's language is."""

from bots.intents.lexicon.base import Lexicon, TokenKind
from separator.core.outputs import BASSLESS, DRUMLESS, INSTRUMENTAL, VOCALS, Stem, without

ENGLISH = Lexicon(
    {
        Stem.VOCALS: """
            vocal vocals vocalz voc vocs vox voice voices singing singer singers lead_vocal lead_vocals
            lead_voice main_vocal main_vocals vocal_track vocal_tracks
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
            acoustic_guitars lead_guitar lead_guitars rhythm_guitar rhythm_guitars guitar_track
            guitar_part
        """,
        Stem.PIANO: "piano pianos pno keys keyboard keyboards piano_track piano_part",
        TokenKind.OTHER: """
            other others rest remainder everything_else all_else the_other the_others other_stem
            other_stems other_instruments the_rest
        """,
        INSTRUMENTAL: """
            instrumental instrumentals instru inst karaoke karoke kareoke karaokee vocalless vocal_less
            voiceless vocal_free vocalfree accompaniment backing backing_track backing_tracks backingtrack
            backtrack back_track minus_one minusone novocals novocal offvocal off_vocal off_vocals
        """,
        DRUMLESS: "drumless drumles drum_less drumsless drums_less drumfree drum_free nodrums nodrum",
        BASSLESS: "bassless bassles bass_less bassfree bass_free nobass",
        without(Stem.GUITAR): "guitarless guitar_less guitarfree guitar_free noguitar",
        without(Stem.PIANO): "pianoless piano_less pianofree piano_free nopiano",
        TokenKind.MUSIC: "music background_music instrument instruments band",
        TokenKind.LYRICS: "lyrics lyric words",
        TokenKind.ALL: "all every everything each all_of_them all_of_it the_lot",
        TokenKind.PARTS: """
            stem stems stemz stms tracks parts split splits splitted separate separated separation
            split_up split_it_up split_this_up separately multitrack multitracks multi_track multi_tracks
            demix unmix pull_apart take_apart individually
        """,
        TokenKind.NOT: """
            no without wo witout whitout withot wihtout withuot wthout minus not exclude leave_out
            leaving_out nothing_but_no zero dont_want dont_need do_not_want do_not_need but_without but_no
        """,
        TokenKind.BUT: """
            except excluding excluded all_but everything_but everything_except all_except anything_but
        """,
        TokenKind.CUT: """
            remove removed removing rm delete deleted deleting cut mute muted muting kill strip stripped
            erase eliminate take_out taken_out take_away taken_away get_rid_of rid_of filter_out cut_out
            turn_off removal remover eliminated
        """,
        TokenKind.OFF: "out off away gone",
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
        TokenKind.ONE: "one another",
        TokenKind.ASK: """
            give gimme giv get want wanna need send make do extract please pls plz plss pleas pliz plis
            id_like would_like lemme download grab pull_out
        """,
        TokenKind.FOR: "for",
        TokenKind.PLAY: "play playing jam jamming practice practise practicing practising",
        TokenKind.VAGUE: """
            beat beats kick snare hihat cymbals sax saxophone strings violin violins trumpet horns brass
            synth synths organ flute cello choir harp backing_vocal backing_vocals background_vocal
            background_vocals backup_vocals backing_singers harmonies melody along louder quieter less more
            boost boosted piano_man pull drop drum_and_bass drum_&_bass drum_n_bass dnb drum_machine
            drum_backing_track bass_backing_track guitar_backing_track piano_backing_track
            voice_message voice_note voice_memo voice_over guitar_hero bass_boosted low_end
        """,
        TokenKind.FILLER: """
            the a an this that these those of in on from to my me your you u ur i im it its is isnt
            are be was as at so hey hi hello yo bro bruh man dude mate guys sir bot stembot song songs
            track tune music_track version versions audio file files format quality thanks thank thx ty
            tysm now here some any will would can could may ok okay too but then maybe us we our
            rehearsal high hq best clean good really very part sound full whole entire
            version_of track_of all_of yes yeah ya if possible fast quick quickly asap have has lol haha
            again same thing stuff take turn looking_for
        """,
    }
)
