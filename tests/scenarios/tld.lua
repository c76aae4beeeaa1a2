-- SPDX-License-Identifier: BSD-2-Clause
-- A TLD out of a master file, with delegations: for tests/net/test_delegated.c.
local denial = param("denial", "nsec3")
local optout = param("optout", true)
local file = param("file", "zones/tld.zone")

scenario { name = "tld", from = "2026-05-05T12:00Z", to = "+5m" }

local root = zone(".", { servers = { ["a.root-servers.test."] = "198.18.0.1" } })
local zz = zone("zz.", {
	parent = root,
	file = file,
	nsec3 = denial == "nsec3" and { optout = optout } or nil,
	servers = { ["a.nic.zz."] = "198.18.1.1" },
	delegations = population { hosters = 3, ttl = { [60] = 1 } },
})
zone("told.zz.", { parent = zz, servers = { ["ns.told.zz."] = "198.18.2.1" } })

traffic { text = "tld.txt", zone = zz, dnssec_ok = true }
