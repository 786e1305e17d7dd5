# チャットで読む言葉：状況のメッセージ、ボタン、返事。

received = 曲をダウンロードしています…
heading = { $song }：{ $outputs }
choose =
    { $song }
    どうしますか？
queued = 順番待ちです。前に{ $before }曲あります{ $eta }。
next = 次があなたの番です{ $eta }。
starting = 始めます…
load = モデルを読み込んでいます…
decode = 曲を読み込んでいます…
separate = 分離中：{ $percent } %{ $eta }
encode = パートを保存しています…
mix = ファイルを準備しています…
eta = （あと約{ $eta_s }）
service-nobody = 今は分離の処理が動いていません。順番はそのまま残ります。
service-loading = モデルを読み込み中です。順番はそのまま残ります。
service-drained = メンテナンスのため分離を止めています。順番はそのまま残ります。
service-storage = 今は保存先がファイルを受け付けていません。順番はそのまま残り、もう一度試します。
ready = できました。ファイルを送信しています…
done = できました：{ $outputs }
done_in_private = できました：{ $outputs }。このチャットにはファイルを送れないため、個人チャットに送りました。
done_refused = できました：{ $outputs }。このチャットにはファイルを送れないため、こちらで聴いてダウンロードできます：
done_refused_no_link = できました：{ $outputs }。このチャットにはファイルを送れません。個人チャットで /stems から選んでください。
done_too_big = できました：{ $outputs }。{ $count }個のファイルはこのチャットには大きすぎるので、こちらで聴いてダウンロードできます：
done_too_big_no_link = できました：{ $outputs }。{ $count }個のファイルはこのチャットには大きすぎますが、リンク用のアドレスが設定されていません。
estimated = ドラム、ベース、その他は簡単な方法で推定しているので、ボーカルほどきれいではありません。
folded = stem.mp4に入るのは4パートなので、ギターとピアノは「その他」に入っています。
cancelled = キャンセルしました。
cancel_too_late = もう終わっているので、キャンセルできません。
not_yours = これは頼んだ本人だけができます。
order_expired = その依頼は期限が切れました。曲をもう一度送ってください。

# ボタン：20文字まで。
button-cancel = キャンセル
button-mixer = ミキサーを開く
button-preview = 試し聴き
output-vocals = ボーカル
output-instrumental = カラオケ
output-drumless = ドラム抜き
output-bassless = ベース抜き
output-guitarless = ギター抜き
output-pianoless = ピアノ抜き
output-stems = 全パート
output-drums = ドラム
output-bass = ベース
output-other = その他
output-guitar = ギター
output-piano = ピアノ
output-accompaniment = 伴奏
# いくつか同時に抜くとき：「ドラムとベース抜き」
output-without = { $stems }抜き
without-vocals = ボーカル
without-drums = ドラム
without-bass = ベース
without-other = その他
without-guitar = ギター
without-piano = ピアノ
without-accompaniment = 伴奏
both = { $one }と{ $other }
help =
    曲を送って、ほしいものを書いてください：ボーカルのみ、ドラム抜き、カラオケ、ベース抜き、全パート。mp3以外がよければ、flac、wav、ogg、m4a、stem.mp4と書き足してください。

    ベースとドラムはたいていきれいに分かれます。ボーカルとギターとピアノは中音域を分け合っているので、少し混ざることがあります。ライブ録音や音の多い曲では特にそうです。使う前に結果を確認してください。
queue_empty = 順番待ちの曲はありません。
queue_elsewhere = ほかのチャットに{ $count }件の依頼があります。そのチャットで /queue と送ると見られます。
missing_permission = ここでは返事ができません。足りない権限：{ $missing }
no_song = そのメッセージには曲が見つかりません。曲を送るか、曲のあるメッセージに返信してください。

# 数の言い方。
unit-seconds = { $n }秒
unit-minutes = { $n }分
unit-hours = { $n }時間
unit-hours_minutes = { $hours }時間{ $minutes }分
unit-megabytes = { $n } MB
unit-gigabytes = { $n } GB
