-- SPDX-License-Identifier: BSD-2-Clause
-- Nothing breaks, for fifteen seconds: what a resolver in real time can be asked to sit through.
local small = require "lib.small"

scenario { name = "brief", title = "A moment", from = "2026-05-05T12:00Z", to = "+15s" }
collect { bin = "5s" }

local _, de = small.world()

small.traffic(de, 10)

expect("every query is answered", function(run)
	return run:share("noerror", "+0s", "+15s") == 1
end)
