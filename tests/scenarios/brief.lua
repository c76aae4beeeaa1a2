-- SPDX-License-Identifier: BSD-2-Clause
-- Nothing breaks, for fifteen seconds: what a resolver in real time can be asked to sit through.
local small = require "lib.small"
local last = param("last", "+15s")

scenario { name = "brief", title = "A moment", from = "2026-05-05T12:00Z", to = last }
collect { bin = "5s" }

local _, de = small.world()

small.traffic(de, 10)

expect("every query is answered", function(run)
	return run:share("noerror", "+0s", last) == 1
end)
