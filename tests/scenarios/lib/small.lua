-- SPDX-License-Identifier: BSD-2-Clause
-- What tests' scenarios have in common: the root, de. with a hundred delegations, and five clients.
local small = {}

function small.world(algorithm)
	local root = zone(".", { algorithm = algorithm or "RSASHA256", servers = { "198.18.0.1" } })
	local de = zone("de.", {
		parent = root,
		algorithm = "ECDSAP256SHA256",
		servers = { "198.18.1.1" },
		delegations = population { count = 100, hosters = 2 },
	})
	return root, de
end

function small.traffic(de, rate, stub)
	traffic { zone = de, rate = rate, names = zipf { count = 50 }, clients = 5, stub = stub }
end

return small
