-- SPDX-License-Identifier: BSD-2-Clause
-- A root and a TLD that resolvers and secondaries may have all of, and one that nobody may.
scenario { name = "transfer", from = "2026-05-05T12:00Z", to = "+10m" }
collect { bin = "10s" }

local anybody = { to = { "198.19.0.0/16", "fd00:53::/32", "127.0.0.0/8", "::1" } }
local root = zone(".", { servers = { { "198.18.0.1", "fd00:5f::1" } }, transfer = anybody, soa = { refresh = 60, retry = 30 }, ttl = { ds = 60, delegation = 60 },
	delegations = population { count = 300, signed = 0.8 } })
local de = zone("de.", { parent = root, servers = { "198.18.1.1", "198.18.1.2" }, nsec3 = { optout = true },
	transfer = anybody, delegations = population { count = 4000, signed = 0.1 } })
local net = zone("net.", { parent = root, servers = { "198.18.2.1" }, transfer = { to = { "192.0.2.0/24" } },
	delegations = population { count = 10, signed = 1 } })
zone("org.", { parent = root, servers = { "198.18.3.1" }, delegations = population { count = 500, signed = 1 },
	transfer = { key = { name = "secondary.test.", secret = "c2VjcmV0IG9mIHR3byBzZXJ2ZXJz" } } })

traffic { zone = de, rate = 10, outside = { zone = net, share = 0.1 } }

at("12:03:30", root:fault("rrsig-exp-all", { to = "12:06:30" }))
at("12:05", de:server("a.nic.de."):dark { to = "12:06" })

mitigation("local-root", { about = "has a copy of the root (RFC 8806)", settings = { unbound = [[
auth-zone:
    name: "."
    primary: 198.18.0.1
    for-downstream: no
    for-upstream: yes
    fallback-enabled: yes
]] } })
mitigation("local-net", { about = "would have a copy of net.", settings = { unbound = [[
auth-zone:
    name: "net."
    primary: 198.18.2.1
    for-downstream: no
    for-upstream: yes
    fallback-enabled: yes
]] } })
