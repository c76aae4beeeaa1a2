-- SPDX-License-Identifier: BSD-2-Clause
-- A TLD with signatures of post-quantum size, which nobody can verify: for tests/net/test_weight.c.
local algorithm = param("algorithm", "SIZED-ML-DSA-44")

scenario { name = "weight", from = "2026-05-05T12:00Z", to = "+6m" }

local root = zone(".", { servers = { ["a.root-servers.test."] = "198.18.0.1" } })
local de = zone("de.", {
	parent = root,
	algorithm = algorithm,
	nsec3 = { optout = true },
	servers = { ["a.nic.de."] = "198.18.1.1" },
	delegations = population { count = 100000, signed = 0.2 },
})

traffic { zone = de, rate = 3, names = zipf { count = 200 }, clients = 50, nxdomain = 0.2, fresh = 0.4, dnssec_ok = true }

local function failing(run)
	return run:share("servfail", 0, 360) + run:share("timeout", 0, 360) + run:share("other", 0, 360)
end

expect("everybody is answered", function(run)
	return failing(run) == 0, ("%.3f fail"):format(failing(run))
end)

expect("nothing of it is secure", function(run)
	return run:count("ad", 0, 360) == 0
end)

expect("nearly all that the TLD is asked is asked by TCP as well", function(run)
	local sent = run:link("resolver", "a.nic.de")
	return sent.tcp > 0.9 * (sent.packets - sent.tcp), ("%d of %d"):format(sent.tcp, sent.packets - sent.tcp)
end)

-- Of a negative answer the registry's part is a large one: two signatures at least.
expect("what it sends has the signatures' weight", function(run)
	local sent = run:link("a.nic.de", "resolver")
	return sent.bytes > sent.tcp * 2 * 2420, ("%.0f bytes each"):format(sent.bytes / sent.tcp)
end)
