-- SPDX-License-Identifier: BSD-2-Clause
-- Nothing breaks, for fifteen seconds: what a resolver in real time can be asked to sit through.
scenario { name = "brief", title = "A moment", from = "2026-05-05T12:00Z", to = "+15s" }
collect { bin = "5s" }

local root = zone(".", { algorithm = "RSASHA256", servers = { "198.18.0.1" } })
local de = zone("de.", {
	parent = root,
	algorithm = "ECDSAP256SHA256",
	servers = { "198.18.1.1" },
	delegations = population { count = 100, hosters = 2 },
})

traffic { zone = de, rate = 10, names = zipf { count = 50 }, clients = 5 }

expect("every query is answered", function(run)
	return run:share("noerror", "+0s", "+15s") == 1
end)
