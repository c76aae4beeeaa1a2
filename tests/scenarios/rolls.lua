-- SPDX-License-Identifier: BSD-2-Clause
-- A rollover that goes wrong for caches alone: at 12:33, in a TLD whose keys and DS are cached for ten minutes.
local fault = param("fault", "standby-signer-other-zsk")

scenario { name = "rolls", title = "A rollover goes wrong", from = "2026-05-05T12:00Z", to = "+60m" }

local root = zone(".", { servers = { "198.18.0.1" }, ttl = { ds = 600, delegation = 600, dnskey = 600, negative = 60 } })
local de = zone("de.", {
	parent = root,
	servers = { "198.18.1.1" },
	ttl = { dnskey = fault:find "^ksk" and 60 or 600, ds = 600, ns = 600, delegation = 60, nsec = 60, negative = 60 },
	delegations = population { count = 100000, signed = 0.5, hosters = 5, ttl = { [60] = 1 } },
})

traffic { rate = 2, fresh = 1, clients = 50 }

at("12:33", (fault == "trust-anchor-stale" and root or de):fault(fault))

expect("nobody fails before", function(run) return run:share("servfail", "12:00", "12:33") == 0 end)
if fault ~= "trust-anchor-stale" then
	expect("who holds the old fails", function(run) return run:share("servfail", "12:34", "12:39") > 0.2 end)
	expect("it is over when that has run out", function(run) return run:share("servfail", "12:45", "13:00") < 0.01 end)
else
	expect("it does not pass by itself", function(run) return run:share("servfail", "12:50", "13:00") > 0.3 end)
end
