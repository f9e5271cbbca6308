browser_sockets: list = []
