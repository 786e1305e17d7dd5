# コマンドと権限の名前と説明。メニューに出るので100文字まで。

command-start = できること
command-help = 頼み方
command-vocals = ボーカルのみ
command-instrumental = カラオケ（ボーカルなし）
command-drumless = ドラム抜き
command-bassless = ベース抜き
command-stems = パートを1つずつ別のファイルに
command-mixer = ミキサーへのリンク
command-queue = 順番を確認
command-cancel = 順番待ちの曲をキャンセル
command-privacy = 保存しているデータ
command-separate = 曲をパートに分離
command-separate-file = 曲：音声または動画ファイル
command-separate-want = ボーカル、カラオケ、ドラム抜き、ベース抜き、全パート…
command-separate-format = mp3、flac、wav、ogg、m4a、stem.mp4
command-separate-quality = 曲と同じ、または16ビット、24ビット、32ビットfloat、320、192、128 kbit/s
command-menu = パートに分離
permission-send_messages = メッセージの送信
permission-attach_files = ファイルの添付
permission-embed_links = リンクの埋め込み
permission-send_messages_in_threads = スレッドへの書き込み
permission-view_channel = このチャンネルの閲覧
permission-read_message_history = このチャンネルの履歴
