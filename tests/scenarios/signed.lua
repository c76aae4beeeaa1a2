-- SPDX-License-Identifier: BSD-2-Clause
-- A zone that is taken as somebody else signed it: tests/net/test_as_signed.c puts "x.zone" beside a copy.
scenario { name = "signed", from = "2026-05-05T12:00Z", to = "+10m" }

local root = zone(".", { servers = { ["a.root-servers.test."] = "198.18.0.1" } })
local net = zone("net.", { parent = root, servers = { ["a.nic.net."] = "198.18.3.1" } })
local zz = zone("zz.", { parent = root, servers = { ["a.nic.zz."] = "198.18.1.1" } })
local x = zone("x.zz.", {
	parent = zz,
	file = "x.signed",
	as_signed = true,
	servers = { ["ns1.x.zz."] = "198.18.2.1", ["ns.y.net."] = "198.18.2.2" },
})
zone("sub.x.zz.", { parent = x, signed = false, servers = { ["ns.sub.x.zz."] = "198.18.2.3" } })
zone("y.net.", { parent = net, servers = { ["ns.y.net."] = "198.18.2.2" } })

traffic { text = "signed.txt", zone = x, dnssec_ok = true, stub = { timeout = "30s", attempts = 1 } }
