-- SPDX-License-Identifier: BSD-2-Clause
-- A leaf with hosts of its own, each with RRsets and a TTL: a share of its signatures runs out at one instant while the
-- SOA's is fresh (as at the RIPE NCC on 1 November 2023; Unbound takes signatures for a while after they end, so that
-- their own fault is another one here), and what is not there is denied.
local denial = param("denial", "nsec3")
local share = param("share", 0.7)
local absent = param("absent", 0.3)

scenario { name = "hosts", from = "2026-05-05T09:00Z", to = "+4h" }

local root = zone(".", { servers = { "198.18.0.1" } })
local net = zone("net.", { parent = root, servers = { "198.18.1.1" }, nsec3 = { optout = true } })
local org = zone("org.net.", {
	parent = net, servers = { ["ns.org.net."] = "198.18.2.1" }, denial = denial,
	nsec3 = denial == "nsec3" and { optout = true } or nil,
	ttl = { dnskey = 3600, ns = 3600, negative = 300, address = 300 },
	hosts = population { count = 2000, types = { A = 1, AAAA = 0.5, TXT = 0.1 }, ttl = { [60] = 0.5, [600] = 0.5 } },
})

traffic {
	zone = org, rate = 0.5, clients = 50, aaaa = 0, nxdomain = absent, stub = { attempts = 1 }, names = zipf { exponent = 0, count = 2000 },
}

at("10:45", org:fault(param("fault", "rrsig-exp-all"), { share = share, types = { "A", "AAAA", "TXT" }, to = "12:15" }))

expect("nobody fails before", function(run)
	return run:count("servfail", "09:00", "10:45") == 0
end)
expect("about that share of the names fails", function(run)
	local failed = run:share("servfail", "11:15", "12:15", { class = "signed" })
	return failed > share - 0.1 and failed < share + 0.1, "share " .. failed
end)
expect("what is not there is denied", function(run)
	return run:share("nxdomain", "09:00", "13:00", { class = "nxdomain" }) == 1
end)
