-- SPDX-License-Identifier: BSD-2-Clause
-- What clients ask one after the other of a resolver that keeps a log of it, or a tap.
scenario { name = "tapped", from = "2026-05-05T12:00Z", to = "+1m" }
local text = param("text", "asked.txt")
local root = zone(".", { servers = { "198.18.0.1" } })
local de = zone("de.", { parent = root, servers = { "198.18.1.1" }, nsec3 = { optout = true }, delegations = population { count = 50, signed = 0.5, hosters = 2 } })
traffic { text = text, rate = 2, clients = 5, stub = { attempts = 1 } }

mitigation("log", { about = "keeps a log of its queries", settings = {
	bind = "    querylog yes;\n",
} })
mitigation("log-both", { about = "keeps a log of queries and replies", settings = {
	unbound = "server:\n    log-queries: yes\n    log-replies: yes\n    log-time-ascii: yes\n",
} })
mitigation("log-replies", { about = "keeps a log of replies", settings = {
	unbound = "server:\n    log-replies: yes\n    log-tag-queryreply: yes\n",
} })
mitigation("tap", { about = "writes dnstap", settings = {
	bind = '    dnstap { all; };\n    dnstap-output file "tap.dnstap";\n',
	unbound = 'dnstap:\n    dnstap-enable: yes\n    dnstap-socket-path: "tap.socket"\n    dnstap-bidirectional: yes\n'
		.. "    dnstap-log-client-query-messages: yes\n    dnstap-log-client-response-messages: yes\n"
		.. "    dnstap-log-resolver-query-messages: yes\n    dnstap-log-resolver-response-messages: yes\n",
} })
