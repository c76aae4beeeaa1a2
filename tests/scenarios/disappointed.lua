-- SPDX-License-Identifier: BSD-2-Clause
-- An expectation that does not hold.
scenario { name = "disappointed", title = "Hopes for the wrong thing", from = "2026-05-05T12:00Z", to = "+60s" }

local root = zone(".", { algorithm = "RSASHA256", servers = { "198.18.0.1" } })
local de = zone("de.", {
	parent = root,
	algorithm = "ECDSAP256SHA256",
	servers = { "198.18.1.1" },
	delegations = population { count = 100, hosters = 2 },
})

traffic { zone = de, rate = 5, names = zipf { count = 50 }, clients = 5 }

expect("everything fails", function(run)
	return run:share("servfail", "+0s", "+60s") > 0.9
end)
