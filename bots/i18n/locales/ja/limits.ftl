# 制限とブロック: 利用者が読む文と、運営者が読む文。

error-Blocked = ここからの曲は受け付けられません。運営者がブロックしています。
error-Blocked-until = ここからの曲は、あと{ $ends_s }受け付けられません。運営者がブロックしています。
error-Busy-day = 今日の{ $limit_s }を使い切りました。{ $ends_s }後にもう一度お試しください。すでにある結果は数えません。
error-Busy-group_day = このグループは今日の{ $limit_s }を使い切りました。{ $ends_s }後にもう一度お試しください。
error-Busy-address_day = お使いのネットワークは今日の{ $limit_s }を使い切りました。{ $ends_s }後にもう一度お試しください。
error-Busy-group_jobs_waiting = このグループではすでに{ $most }曲が順番待ちです。1曲終わってからもう一度お試しください。
error-Busy-address_jobs_waiting = お使いのネットワークではすでに{ $most }曲が順番待ちです。1曲終わってからもう一度お試しください。
quota-remaining = 今日の残り：音楽{ $limit_s }のうち{ $left_s }。順番待ち：{ $most }曲中{ $waiting }曲。
quota-used_up = 今日の残り：音楽{ $limit_s }のうち0。{ $ends_s }後にまた使えます。順番待ち：{ $most }曲中{ $waiting }曲。
quota-queue = 順番待ち：{ $most }曲中{ $waiting }曲。

cli-block = 人、グループ、アドレスからの曲を受け付けない: add, remove, list
cli-block-add = 人、グループ、アドレスをブロックする
cli-block-remove = ブロックを解除する
cli-block-list = ブロックの一覧
cli-block-who = 例: telegram:123、discord:guild:456、telegram:chat:-100789、203.0.113.7
cli-block-for = この間だけ: 90s, 15m, 2h, 7d
cli-block-why = 自分用のメモ
block-added = { $who }をブロックしました。
block-added_until = { $who }を{ $ends_s }ブロックしました。
block-removed = { $who } のブロックを解除しました。
block-unknown = { $who } はブロックされていません。
block-empty = ブロックされている相手はいません。
block-invalid = { $who } は人でもグループでもアドレスでもありません: stembot block add --help
block-column-who = 相手
block-column-until = 終わるまで
block-column-why = メモ
