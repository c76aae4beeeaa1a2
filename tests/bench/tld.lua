-- SPDX-License-Identifier: BSD-2-Clause
-- A signed TLD with opt-out as the registries have them, to be asked as fast as its servers answer.
local count = param("count", 1000000)
local signed = param("signed", 0.04)

scenario { name = "tld", title = "A TLD, nothing broken", from = "2026-05-05T12:00Z", to = "+1h" }

local root = zone(".", { algorithm = "RSASHA256", servers = { "198.18.0.1" } })

local de = zone("de.", {
	parent = root,
	algorithm = "RSASHA256",
	ksk = { bits = 2048 },
	zsk = { bits = 1024 },
	nsec3 = { optout = true },
	servers = { ["a.nic.de."] = { "198.18.1.1", latency = "0s" } },
	delegations = population { count = count, signed = signed, hosters = 200, ttl = { [86400] = 1 } },
})

traffic { zone = de, rate = 1 }
