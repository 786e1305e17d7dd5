"""Japanese. It is written without spaces: the longest known word is read, from left to right."""

from bots.intents.lexicon.base import Lexicon, TokenKind
from separator.core.outputs import BASSLESS, DRUMLESS, INSTRUMENTAL, VOCALS, Stem, without

JAPANESE_WORDS = Lexicon(
    {
        Stem.VOCALS: """
            ボーカル ボカル ボーカルパート ボーカルトラック ぼーかる 歌 歌声 声 うた うたごえ ボイス 歌手
            歌唱 歌パート メインボーカル リードボーカル 人の声 唄
        """,
        VOCALS: "アカペラ あかぺら アカペラ音源 アカペラバージョン",
        Stem.DRUMS: """
            ドラム ドラムス ドラムパート ドラムトラック どらむ パーカッション 打楽器 ドラムセット 太鼓
        """,
        Stem.BASS: "ベース ベースライン ベースギター ベースパート べーす エレキベース 低音パート",
        Stem.GUITAR: "ギター ギターパート ぎたー エレキギター アコギ アコースティックギター エレキ",
        Stem.PIANO: "ピアノ ぴあの 鍵盤 キーボード ピアノパート",
        TokenKind.OTHER: "その他 そのほか 残り 他 それ以外",
        INSTRUMENTAL: """
            カラオケ からおけ カラオケ音源 オケ インスト インストゥルメンタル インストルメンタル 伴奏
            オフボーカル オフボ 伴奏音源 バックトラック 歌無し 歌なし 歌抜き 声抜き 声なし ガイドなし
            マイナスワン
        """,
        DRUMLESS: "ドラムレス",
        BASSLESS: "ベースレス",
        without(Stem.GUITAR): "ギターレス",
        without(Stem.PIANO): "ピアノレス",
        TokenKind.MUSIC: "音楽 楽器 演奏",
        TokenKind.LYRICS: "歌詞",
        TokenKind.ALL: "全部 ぜんぶ 全て すべて 全 各 それぞれ",
        TokenKind.PARTS: """
            パート パート別 パート毎 ごと ごとに 毎に パートごと ステム ステムデータ 分離 分割 分けて
            分ける わけて バラして ばらして バラバラ ばらばら 別々 トラック 分解 マルチトラック 個別
        """,
        TokenKind.BESIDES: "以外",
        TokenKind.OFF: """
            なし 無し 無 ナシ 抜き ぬき 抜いて 抜く 抜いた 抜き出しなし 消して 消す 消した けして 除いて
            除く 除去 のぞいて カット いらない 要らない イラナイ いりません 不要 ミュート なくして
            無くして 無しで レス オフ 外して を抜いた 削除 取り除いて 取り除く はずして
        """,
        TokenKind.ALONE: "のみ だけ オンリー 単体 ソロ のみで だけで 抽出 抽出して 抜き出して 取り出して",
        TokenKind.AND: "と や も とか または および 及び",
        TokenKind.PLUS: "プラス 足す ＋",
        TokenKind.WITH: "付き つき 入り",
        TokenKind.KEEP: "残して 残す のこして",
        TokenKind.TOGETHER: "一緒に いっしょに まとめて 合わせて",
        TokenKind.ASK: """
            ください 下さい お願いします お願い おねがいします おねがい ほしい 欲しい 欲しいです
            ほしいです ちょうだい 頂戴 くれ 頼む 頼みます よろしく よろしくお願いします プリーズ して
            作って つくって できますか いただけますか にして してください もらえますか
        """,
        TokenKind.PLAY: "練習 練習用 弾く 弾きたい 弾いて 叩く 叩きたい 叩いて",
        TokenKind.VAGUE: """
            サックス バイオリン ストリングス トランペット シンセ オルガン フルート コーラス ハモリ ビート
            メロディ メロディー スネア シンバル 音声メッセージ ボイスメッセージ 声優 歌って 歌う 歌い
            歌が上手い
        """,
        TokenKind.FILLER: """
            を が は の で に へ な です ます でお 版 バージョン ver 音 音源 曲 この その これ それ こちら
            私 僕 俺 から まで 形式 ファイル 高音質 用 たい い状態 状態 こと もの もう 今
            すみません ありがとう ありがとうございます こんにちは 可能 可能なら できれば 出来れば データ
            ちょっと
        """,
    }
)
