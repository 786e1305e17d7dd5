# コマンドと権限の名前と説明。メニューに出るので100文字まで。

command-start = できること
command-help = 頼み方
command-vocals = ボーカルのみ
command-instrumental = ボーカル以外ぜんぶ（カラオケ）
command-drumless = ドラム以外ぜんぶ
command-bassless = ベース以外ぜんぶ
command-stems = パートをひとつずつ
command-mixer = ミキサーへのリンク
command-queue = あなたの曲の順番
command-cancel = 順番待ちの曲をキャンセル
command-privacy = 残しているもの
command-separate = 曲をパートに分ける
command-separate-file = 曲：音声か動画のファイル
command-separate-want = ボーカル、カラオケ、ドラム抜き、ベース抜き、全パート…
command-separate-format = mp3、flac、wav、ogg、m4a、stem.mp4
command-separate-quality = 曲と同じ、または16ビット、24ビット、32ビットfloat、320、192、128 kbit/s
command-menu = パートに分ける
permission-send_messages = メッセージの送信
permission-attach_files = ファイルの添付
permission-embed_links = リンクの埋め込み
permission-send_messages_in_threads = スレッドへの書き込み
permission-view_channel = このチャンネルの閲覧
permission-read_message_history = このチャンネルの履歴
