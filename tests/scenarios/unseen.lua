-- SPDX-License-Identifier: BSD-2-Clause
-- A fault that no query can reach: nobody asks for names under org.
scenario { name = "unseen", title = "A fault that nobody sees", from = "2026-05-05T12:00Z", to = "+60s" }

local root = zone(".", { algorithm = "RSASHA256", servers = { "198.18.0.1" } })
local de = zone("de.", {
	parent = root,
	algorithm = "ECDSAP256SHA256",
	servers = { "198.18.1.1" },
	delegations = population { count = 100, hosters = 2 },
})
local org = zone("org.", { parent = root, algorithm = "ECDSAP256SHA256", servers = { "198.18.2.1" } })

traffic { zone = de, rate = 5, names = zipf { count = 50 }, clients = 5 }

at("+10s", org:sign { key = "zsk", mismatched = 1 })
