-- SPDX-License-Identifier: BSD-2-Clause
-- PowerDNS Recursor, 4.7 to 4.9: later ones want their settings as YAML.

local function lines(list)
	return table.concat(list, "\n") .. "\n"
end

local function listen(subject)
	local list = { subject.address4 }
	list[#list + 1] = subject.address6
	return table.concat(list, ", ")
end

-- What a mitigation changes. A stale record is kept for 2880 times 30 seconds, a day (RFC 8767, section 5); there is no
-- timer for the client: it is given out when the look-up has failed. As it comes it keeps nothing longer than a day; a TTL
-- has at most 31 bits (RFC 2181, section 8).
local MITIGATIONS = {
	["serve-stale"] = "serve-stale-extensions=2880\n",
	["prefetch"] = "refresh-on-ttl-perc=10\n",
	["long-ttls"] = "max-cache-ttl=2147483647\n",
}

local function configuration(subject)
	return lines {
		"config-dir=" .. subject.folder,
		"socket-dir=" .. subject.folder,
		"local-address=" .. listen(subject),
		"local-port=53",
		"allow-from=0.0.0.0/0, ::/0",
		"daemon=no",
		"write-pid=no",
		"disable-syslog=yes",
		"threads=1",
		"setuid=",
		"setgid=",
		"hint-file=root.hints",
		"lua-config-file=anchor.lua",
		"security-poll-suffix=",
		"# else it asks no server with a private address",
		"dont-query=",
		"# as it comes it validates only for those who set DO or AD",
		"dnssec=" .. (subject.mitigation == "no-validation" and "process-no-validate" or "validate"),
		"dnssec-log-bogus=yes",
		"extended-resolution-errors=yes",
	} .. (MITIGATIONS[subject.mitigation] or "") .. subject.settings
end

local function anchor(subject)
	local ds = subject.root_ds:match("DS%s+(%d+%s+%d+%s+%d+%s+%x+)")
	return lines { "clearTA()", ds and ('addTA(".", "%s")'):format(ds) }
end

local function control(subject, ...)
	return { subject.control, "--config-dir=" .. subject.folder, "--socket-dir=" .. subject.folder, ... }
end

return {
	name = "powerdns",
	title = "PowerDNS Recursor",
	program = "pdns_recursor",
	control = "rec_control",
	package = "pdns-recursor",
	version = { arguments = { "--version" }, pattern = "Recursor (%d[%w.]*)" },

	configuration = "recursor.conf",
	files = function(subject)
		return {
			["recursor.conf"] = configuration(subject),
			["anchor.lua"] = anchor(subject),
			["root.hints"] = subject.root_hints,
		}
	end,
	start = function(subject)
		return { subject.program, "--config-dir=" .. subject.folder }
	end,

	operations = {
		["nta"] = function(subject, zone)
			return { control(subject, "add-nta", zone, "scenario") }
		end,
		["nta-remove"] = function(subject, zone)
			return { control(subject, "clear-nta", zone) }
		end,
		["flush"] = function(subject, zone)
			return { control(subject, "wipe-cache", zone .. "$") }
		end,
		["flush-all"] = function(subject)
			return { control(subject, "wipe-cache", ".$") }
		end,
		-- Anchors and policies; it forgets negative trust anchors that rec_control added.
		["reload"] = function(subject)
			return { control(subject, "reload-lua-config") }
		end,
		-- It has no switch for it while it runs; a negative trust anchor for the root comes to the same.
		["validation-off"] = function(subject)
			return { control(subject, "add-nta", ".", "scenario") }
		end,
		["validation-on"] = function(subject)
			return { control(subject, "clear-nta", ".") }
		end,
	},

	counters = {
		command = function(subject)
			return control(subject, "get-all")
		end,
		-- Of histograms nothing is kept.
		read = function(text)
			local counters = {}
			for name, value in text:gmatch("([%w._-]+)\t(-?[%d.]+)\n") do
				if not name:match("^cumul%-") and not name:match("^ecs%-") then
					counters[name] = tonumber(value)
				end
			end
			counters["request-list"] = counters["concurrent-queries"]
			return counters
		end,
	},

	mitigations = {
		["none"] = { about = "as it comes: nothing is done" },
		["serve-stale"] = { about = "answers from expired records when a look-up has failed (RFC 8767)" },
		["prefetch"] = { about = "asks anew when a tenth of a record's time is left" },
		["no-validation"] = { about = "does not validate" },
		["long-ttls"] = { about = "keeps what it fetched as long as its TTL says" },
	},
}
