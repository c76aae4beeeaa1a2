-- SPDX-License-Identifier: BSD-2-Clause
-- Nothing breaks, and real people ask: what a capture holds, in a world that has its names.
local file = param("file", "../data/dns.pcap")

scenario { name = "capture", title = "A capture is asked again", from = "2026-05-05T12:00Z", to = "+120s" }

local root = zone(".", { algorithm = "RSASHA256", servers = { "198.18.0.1" } })
zone("com.", {
	parent = root,
	servers = { "198.18.1.1" },
	delegations = population { count = 1000, signed = 0.3, hosters = 5 },
})

traffic { pcap = file }
