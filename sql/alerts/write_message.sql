INSERT INTO eco.alert_message (message_id, channel, kind, title, body)
VALUES (:message_id, :channel, :kind, :title, :body)
