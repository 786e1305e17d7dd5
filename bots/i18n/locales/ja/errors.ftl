# エラーの種類ごとに一文ずつ。

error-StembotError = うまくいきませんでした。もう一度お試しください。
error-SongRefused = この曲は分離できません。
error-NotAudio = そのファイルには音声が見つかりません。mp3、wav、flac、m4a、oggか動画で送ってください。
error-NoSound = そのファイルは無音なので、分離するものがありません。
error-SongGone = 曲が長く待たされたため、もう保存されていません。もう一度送ってください。
error-SongTooLong = その曲は長すぎます。{ $limit_s }までです。
error-SongTooShort = 短すぎて分離できません。{ $least_s }以上の曲を送ってください。
error-FileTooBig = そのファイルはここでは大きすぎます。{ $limit_bytes }までです。
error-Protected = そのファイルはコピー防止（DRM）されていて開けません。保護のないものを送ってください。
error-UnknownWish = この曲からそれは作れません。ボーカル、カラオケ、ドラム抜き、ベース抜き、全パートを試してください。
error-Busy = 今は混み合っています。しばらくしてからもう一度お試しください。
error-Busy-jobs_waiting = すでに{ $most }曲が順番待ちです。1曲終わったら次を送ってください。
error-Busy-jobs_waiting_all = 今は順番待ちがいっぱいです（{ $most }曲）。数分後にもう一度お試しください。
error-Busy-rate = 一度に多すぎます。{ $ends_s }後にもう一度お試しください。
error-SeparationFailed = すみません、分離に失敗しました。曲に問題はありません。あとでもう一度お試しください。
error-LeaseLost = すみません、分離が中断しました。もう一度お試しください。
error-ConfigError = { $setting } の設定が正しくありません：{ $value }
error-ModelNotHere = { $model } の重みがないか、不完全です: stembot models pull { $model }
error-DownloadFailed = { $file } を最後までダウンロードできませんでした（{ $reason }）。届いた分は保存してあり、次回は続きから始めます。
error-StorageError = ファイルの保存か読み込みができませんでした。しばらくしてからもう一度お試しください。
error-NotStored = そのファイルは削除されました。パートの保存期間は1週間です。曲をもう一度送ってください。
error-TooManyBytes = そのファイルはここでは大きすぎます。{ $limit_bytes }までです。
error-LinkError = このリンクは使えません。
error-LinkRefused = このリンクは無効です。全部コピーできているか確かめてください。
error-LinkEnded = このリンクは期限が切れました。ボットにもう一度曲を頼むと、新しいリンクが届きます。
error-SongLost = チャットから曲をダウンロードできませんでした。もう一度送ってください。
