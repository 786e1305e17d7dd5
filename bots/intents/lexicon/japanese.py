"""Japanese. It is written without spaces: the longest known word is read, from left to right."""

from bots.intents.lexicon.base import Lexicon, Player, TokenKind
from separator.core.outputs import BASSLESS, DRUMLESS, INSTRUMENTAL, VOCALS, Stem, without

JAPANESE_WORDS = Lexicon(
    {
        Stem.VOCALS: """
            ボーカル ボカル ボーカルパート ボーカルトラック ぼーかる 歌 歌声 声 うた うたごえ ボイス 歌唱
            歌パート メインボーカル リードボーカル 人の声 唄
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
            歌いらない 声いらない
        """,
        DRUMLESS: "ドラムレス",
        BASSLESS: "ベースレス",
        without(Stem.GUITAR): "ギターレス",
        without(Stem.PIANO): "ピアノレス",
        TokenKind.MUSIC: "音楽 楽器 演奏",
        TokenKind.LYRICS: "歌詞",
        TokenKind.ALL: "全部 ぜんぶ 全て すべて 全 各 それぞれ",
        TokenKind.PARTS: """
            パート パート別 パート毎 ごと ごとに 毎に パートごと ステム ステムデータ 分離 分割 分けて 分ける
            わけて バラして ばらして バラバラ ばらばら 別々 トラック 分解 マルチトラック 個別
        """,
        TokenKind.BESIDES: "以外",
        TokenKind.OFF: """
            なし 無し 無 ナシ 抜き ぬき 抜いて 抜く 抜いた 抜き出しなし 消して 消す 消した けして 除いて
            除く 除去 のぞいて カット いらない 要らない イラナイ いりません 不要 ミュート なくして 無くして
            無しで レス オフ 外して を抜いた 削除 取り除いて 取り除く はずして 不要です いらないです
            要らないです 消してください 抜いてください 取って とって 外す 消去 消去して ぬいて いらん 除外
            除外して 削って 抜きにして 抜きで なしで 無しにして なしにして 消せますか 消せる 消せない
            抜けますか 外せますか 消してほしい 消して欲しい 抜いてほしい 消したい 抜きたい 除いた 抜いた版
        """,
        TokenKind.ALONE: "のみ だけ オンリー 単体 ソロ のみで だけで 抽出 抽出して 抜き出して 取り出して",
        TokenKind.AND: "と や も とか または および 及び",
        TokenKind.PLUS: "プラス 足す ＋",
        TokenKind.WITH: "付き つき 入り",
        TokenKind.KEEP: "残して 残す のこして そのまま そのままで 残したまま 残しておいて 残してください",
        TokenKind.TOGETHER: "一緒に いっしょに まとめて 合わせて",
        TokenKind.ASK: """
            ください 下さい お願いします お願い おねがいします おねがい ほしい 欲しい 欲しいです ほしいです
            ちょうだい 頂戴 くれ 頼む 頼みます よろしく よろしくお願いします プリーズ して 作って つくって
            できますか いただけますか にして してください もらえますか
        """,
        TokenKind.PLAY: "練習 練習用 弾く 弾きたい 弾いて 叩く 叩きたい 叩いて",
        TokenKind.VAGUE: """
            サックス バイオリン ストリングス トランペット シンセ オルガン フルート コーラス ハモリ ビート
            メロディ メロディー スネア シンバル 音声メッセージ ボイスメッセージ 声優 歌って 歌う 歌い
            歌が上手い
        """,
        TokenKind.FILLER: """
            を が は の で に へ な です ます でお 版 ver 音 音源 曲 この その これ それ こちら 私 僕 俺
            から まで 形式 ファイル 高音質 たい い状態 状態 こと もの もう 今 すみません ありがとう
            ありがとうございます こんにちは 可能 可能なら できれば 出来れば データ ちょっと 4つ 四つ 4 5 6
            くん さん 人 ため ために ほう 方 どうも いつも
        """,
        TokenKind.PROTECT: """
            消さないで 抜かないで 消さずに 抜かずに 消さなくていい いじらないで 消さないでください
            抜かないでください
        """,
        TokenKind.REPLACED: "の代わりに のかわりに ではなくて ではなく じゃなくて じゃなく より",
        TokenKind.COUNT: "2つ 二つ 2 3",
        TokenKind.LEVEL: "大きく 小さく 音量 パーセント もっと 大きめ 小さめ 控えめ 上げて 下げて 半分",
        Player(Stem.DRUMS): "ドラマー",
        Player(Stem.BASS): "ベーシスト",
        Player(Stem.GUITAR): "ギタリスト",
        Player(Stem.PIANO): "ピアニスト",
        TokenKind.FOR: "用 向け 用の",
        TokenKind.YES: "あり 有り アリ オン ありで",
        TokenKind.QUESTION: "なぜ どこ 誰 いつ どうして",
        Player(Stem.VOCALS): "歌手",
        TokenKind.VERSION: "バージョン",
        TokenKind.AMBIGUOUS: "聞こえない あり・なし 好き 大好き すごい かっこいい すてき きれい",
        TokenKind.MINUS: "マイナスワン",
    }
)
