-- SPDX-License-Identifier: BSD-2-Clause
-- A run of fifteen days in which little is asked.
scenario { name = "weeks", title = "Fifteen days", from = "2026-05-05T00:00Z", to = "+15d" }

local root = zone(".", { servers = { "198.18.0.1" } })

local de = zone("de.", {
	parent = root,
	servers = { "198.18.1.1", "198.18.1.2" },
	delegations = population { count = 10000, signed = 0.1 },
})

traffic { zone = de, rate = 0.002, names = zipf { exponent = 1.0, count = 500 }, clients = 50 }
