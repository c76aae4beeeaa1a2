-- SPDX-License-Identifier: BSD-2-Clause
-- Five seconds in which the root's signatures are wrong: what a resolver that has asked the root once was sent.
scenario { name = "hostile", title = "A resolver that means harm", from = "2026-05-05T12:00Z", to = "+5s" }
collect { bin = "1s" }

local root = zone(".", { algorithm = "RSASHA256", servers = { "198.18.0.1" } })
local de = zone("de.", {
	parent = root,
	algorithm = "ECDSAP256SHA256",
	servers = { "198.18.1.1" },
	delegations = population { count = 100, hosters = 2 },
})

traffic {
	zone = de,
	rate = 20,
	names = zipf { count = 50 },
	clients = 5,
	stub = { timeout = "1s", attempts = 1, retry_on = {} },
}

at("+100ms", root:sign { key = "zsk", mismatched = 1 })
