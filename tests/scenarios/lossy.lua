-- SPDX-License-Identifier: BSD-2-Clause
-- In real time, more clients wait for an answer than a small limit lets have sockets: what the testbed itself loses.
scenario { name = "lossy", title = "A crowd at a dark door", from = "2026-05-05T12:00Z", to = "+2s" }
collect { bin = "1s" }

local root = zone(".", { algorithm = "RSASHA256", servers = { "198.18.0.1" } })
local de = zone("de.", {
	parent = root,
	algorithm = "ECDSAP256SHA256",
	servers = { ["a.nic.de."] = { "198.18.1.1" } },
	delegations = population { count = 3000, hosters = 2 },
})

traffic { zone = de, rate = 1000, names = zipf { count = 3000 }, clients = 1000, stub = { timeout = "2s", attempts = 1 } }
at("+0s", de:server("a.nic.de."):dark { to = "+2s" })
