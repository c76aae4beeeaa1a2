-- SPDX-License-Identifier: BSD-2-Clause
-- Questions in real time that a resolver has in its cache after the first second.
local rate = param("rate", 20000)

scenario { name = "asking", title = "A cache that is asked", from = "2026-05-05T13:00Z", to = "+15s" }

local root = zone(".", { servers = { "198.18.0.1" }, ttl = { delegation = 172800, ds = 86400 } })
local de = zone("de.", {
	parent = root,
	servers = { { "198.18.1.1", latency = "0s" } },
	delegations = population { count = 1000, signed = 0, hosters = 2, ttl = { [86400] = 1 } },
})

traffic { zone = de, rate = rate, names = zipf { exponent = 1.0, count = 100 }, clients = 1000, aaaa = 0, stub = { attempts = 1 } }
