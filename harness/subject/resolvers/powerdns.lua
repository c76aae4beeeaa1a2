-- SPDX-License-Identifier: BSD-2-Clause
-- PowerDNS Recursor, 4.7 and later. From 5.1 on its configuration is YAML, trust anchors among it; before, it is a list of
-- settings and a file of Lua.

local function lines(list)
	return table.concat(list, "\n") .. "\n"
end

local function listen(subject)
	local list = { subject.address4 }
	list[#list + 1] = subject.address6
	return table.concat(list, ", ")
end

local function validation(subject)
	return subject.mitigation == "no-validation" and "process-no-validate" or "validate"
end

local function anchor(subject)
	return subject.root_ds:match("DS%s+(%d+%s+%d+%s+%d+%s+%x+)")
end

-- What a mitigation changes. A stale record is kept for 2880 times 30 seconds, a day (RFC 8767, section 5); there is no
-- timer for the client: it is given out when the look-up has failed. As it comes it keeps nothing longer than a day; a TTL
-- has at most 31 bits (RFC 2181, section 8).
local MITIGATIONS = {
	["serve-stale"] = { "serve-stale-extensions=2880", "  serve_stale_extensions: 2880" },
	["prefetch"] = { "refresh-on-ttl-perc=10", "  refresh_on_ttl_perc: 10" },
	["long-ttls"] = { "max-cache-ttl=2147483647", "  max_ttl: 2147483647" },
}

-- ---- to 5.0 ----

-- A build between releases counts as a new one: its version is 0.0 and a number.
local function is_old(subject)
	return subject.version:match("^4%.") or subject.version:match("^5%.0%.")
end

local function old_configuration(subject)
	local change = MITIGATIONS[subject.mitigation]
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
		"dnssec=" .. validation(subject),
		"dnssec-log-bogus=yes",
		"extended-resolution-errors=yes",
	} .. (change and change[1] .. "\n" or "") .. subject.settings
end

local function old_files(subject)
	local ds = anchor(subject)
	return {
		["recursor.conf"] = old_configuration(subject),
		["anchor.lua"] = lines { "clearTA()", ds and ('addTA(".", "%s")'):format(ds) },
		["root.hints"] = subject.root_hints,
	}
end

-- ---- from 5.1 on ----

-- Scenarios have settings as lines of name=value or as YAML. PowerDNS itself makes YAML of the former, and lays what is in
-- a folder over the configuration.
local function is_yaml(text)
	return ("\n" .. text):match("\n[%l_]+:%s") ~= nil
end

local START = 'mkdir settings && %s > settings/more.yml && exec "$1" --config-dir="$PWD"'
local AS_IT_IS = START:format("cat settings.yml")
local CONVERTED = START:format('"$0" show-yaml settings.conf')

local function comment(text)
	return (text:gsub("([^\n]+)\n?", "# %1\n"))
end

local function more(subject)
	if subject.settings == "" then
		return ""
	end
	return lines { "# what the mitigation sets, by recursor.include_dir:" } .. comment(subject.settings)
end

local function configuration(subject)
	local ds = anchor(subject)
	local change = MITIGATIONS[subject.mitigation]
	return lines {
		"recursor:",
		"  config_dir: " .. subject.folder,
		"  socket_dir: " .. subject.folder,
		"  include_dir: '" .. (subject.settings ~= "" and subject.folder .. "/settings" or "") .. "'",
		"  threads: 1",
		"  hint_file: root.hints",
		"  security_poll_suffix: ''",
		"  extended_resolution_errors: true",
		"incoming:",
		"  listen: [ '" .. listen(subject):gsub(", ", "', '") .. "' ]",
		"  port: 53",
		"  allow_from: [ '0.0.0.0/0', '::/0' ]",
		"outgoing:",
		"  dont_query: [ ] # else it asks no server with a private address",
		"dnssec:",
		"  validation: " .. validation(subject) .. " # as it comes only for those who set DO or AD",
		"  log_bogus: true",
		"  trustanchors: # an entry for the root stands in place of the built-in one, an empty one, too",
		"  - name: .",
		"    dsrecords: [ " .. (ds and "'" .. ds .. "'" or "") .. " ]",
		"logging:",
		"  disable_syslog: true",
		change and "recordcache:",
		change and change[2],
	} .. more(subject)
end

local function files(subject)
	local list = { ["recursor.conf"] = configuration(subject), ["root.hints"] = subject.root_hints }
	if subject.settings ~= "" then
		list[is_yaml(subject.settings) and "settings.yml" or "settings.conf"] = subject.settings
	end
	return list
end

local function start(subject)
	if is_old(subject) or subject.settings == "" then
		return { subject.program, "--config-dir=" .. subject.folder }
	end
	return { "/bin/sh", "-c", is_yaml(subject.settings) and AS_IT_IS or CONVERTED, subject.control, subject.program }
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
		return (is_old(subject) and old_files or files)(subject)
	end,
	start = start,

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
