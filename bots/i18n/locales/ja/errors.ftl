# エラーの種類ごとに一文ずつ。

error-StembotError = うまくいきませんでした。もう一度お試しください。
error-SongRefused = この曲は分離できません。
error-NotAudio = そのファイルには音が見つかりません。mp3、wav、flac、m4a、oggか動画で送ってください。
error-NoSound = そのファイルは無音なので、分離するものがありません。
error-SongTooLong = その曲は長すぎます。{ $limit_s }までです。
error-SongTooShort = 短すぎて分離できません。{ $least_s }以上の曲を送ってください。
error-FileTooBig = そのファイルはここでは大きすぎます。{ $limit_bytes }までです。
error-Protected = そのファイルはコピー防止（DRM）されていて開けません。保護のないものを送ってください。
error-UnknownWish = この曲からそれは作れません。ボーカル、カラオケ、ドラム抜き、ベース抜き、全パートを試してください。
error-Busy = 今は手いっぱいです。しばらくしてからもう一度お試しください。
error-Busy-jobs_waiting = もう{ $most }曲が順番待ちです。ひとつ終わったら次を送ってください。
error-Busy-jobs_waiting_all = 今は順番待ちがいっぱいです（{ $most }曲）。数分後にもう一度お試しください。
error-Busy-rate = 一度に多すぎます。{ $ends_s }後にもう一度お試しください。
error-SeparationFailed = すみません、こちらの都合で分離に失敗しました。曲に問題はありません。あとでもう一度お試しください。
error-LeaseLost = すみません、こちらの都合で分離が中断しました。もう一度お試しください。
error-ConfigError = { $setting } の設定が正しくありません：{ $value }
error-ModelNotHere = { $model } の重みがここにないか、完全ではありません: stembot models pull { $model }。
error-DownloadFailed = { $file } を最後までダウンロードできませんでした ({ $reason })。届いた分は残してあり、次回は続きから始めます。
error-StorageError = ファイルの保存か読み込みができませんでした。しばらくしてからもう一度お試しください。
error-NotStored = そのファイルはもうありません。パートを残すのは1週間です。曲をもう一度送ってください。
error-TooManyBytes = そのファイルはここでは大きすぎます。{ $limit_bytes }までです。
error-LinkError = このリンクでは何も開けません。
error-LinkRefused = このリンクは正しくありません。全部コピーできているか確かめてください。
error-LinkEnded = このリンクは期限が切れました。ボットにもう一度曲を頼むと、新しいリンクが届きます。
error-SongLost = チャットから曲を取り込めませんでした。もう一度送ってください。
