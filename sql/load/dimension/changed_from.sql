SELECT min(changed_from) FROM timeline
