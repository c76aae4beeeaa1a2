-- SPDX-License-Identifier: BSD-2-Clause
-- The traffic of de-2026 with nothing broken, as large as it is asked for: what growth costs.
local count = param("delegations", 100000)
local rate = param("rate", 20)
local hours = param("hours", 1)
local clients = param("clients", 1000)
param("cell", 1) -- a sweep of it makes cells that are alike

scenario { name = "growth", title = "Growth, nothing broken", from = "2026-05-05T12:00Z", to = "+" .. math.ceil(hours * 3600) .. "s" }

local root = zone(".", {
	algorithm = "RSASHA256",
	ttl = { delegation = 172800, ds = 86400, dnskey = 172800, nsec = 86400, negative = 86400 },
	servers = { "198.18.0.1" },
})

local de = zone("de.", {
	parent = root,
	algorithm = "RSASHA256",
	ksk = { bits = 2048 },
	zsk = { bits = 1024 },
	nsec3 = { optout = true },
	ttl = { dnskey = 3600, nsec3 = 7200, negative = 7200 },
	servers = { "198.18.1.1" },
	delegations = population {
		count = count,
		signed = 0.04,
		hosters = 200,
		ttl = { [60] = 0.1, [300] = 0.3, [3600] = 0.4, [86400] = 0.2 },
	},
})

traffic {
	zone = de,
	rate = rate,
	names = zipf { exponent = 1.0, count = math.min(count, 20000) },
	clients = clients,
	nxdomain = 0.03,
	fresh = 0.01,
}
