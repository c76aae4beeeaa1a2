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
		"threads=" .. (subject.options.threads or 1),
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

-- What cannot be converted it does not name.
local START = 'mkdir settings && { %s > settings/more.yml || { echo "these settings of the mitigation are not taken:" >&2; '
	.. '{ cat settings.conf; echo; cat settings/more.yml; } >&2; exit 1; }; } && exec "$1" --config-dir="$PWD"'
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
		"  threads: " .. (subject.options.threads or 1),
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

-- ---- a user's own configuration ----

local LISTENS, ALONE, STDERR = "the address and port that the clients ask", "none: the sandbox keeps it in", "stderr"
local FOLDER, NOBODY = "a folder of its own", "taken out: nobody here is there to talk to it"
-- What of a user's cannot hold here, and what holds instead.
local INSTEAD = {
	["local-address"] = LISTENS, ["local-port"] = LISTENS, ["query-local-address"] = "taken out: there is no other network",
	["allow-from"] = "all of this world's clients may ask", ["allow-from-file"] = "all of this world's clients may ask",
	["chroot"] = ALONE, ["setuid"] = ALONE, ["setgid"] = ALONE, ["daemon"] = "no", ["write-pid"] = "no",
	["config-dir"] = FOLDER, ["socket-dir"] = FOLDER, ["disable-syslog"] = STDERR, ["logging-facility"] = STDERR,
	["hint-file"] = "this world's root", ["lua-config-file"] = "this world's root key, and nothing else of that file",
	["security-poll-suffix"] = "nothing is asked", ["dont-query"] = "this world's servers may be asked",
	["include-dir"] = "what is in it stands behind this file", ["include"] = "taken out",
	["webserver"] = NOBODY, ["webserver-address"] = NOBODY, ["webserver-port"] = NOBODY, ["api-config-dir"] = NOBODY,
	["carbon-server"] = NOBODY, ["lua-dns-script"] = "taken out", ["protobuf-server"] = NOBODY,
	["dot-to-auth-names"] = "taken out: in this world there is plain DNS alone",
}
local FORWARDS = { ["forward-zones"] = true, ["forward-zones-recurse"] = true }

-- Whether all that a list "corp.example=10.0.0.1;10.0.0.2, +net=…" forwards to is in this world.
local function ends_here(config, value)
	for address in value:gsub("[^=,]+=", " "):gmatch "[^%s,;]+" do
		if not config.servers[address:match "^%[([^%]]+)%]" or address:match "^(%d+%.%d+%.%d+%.%d+)" or address] then
			return false
		end
	end
	return true
end

-- A line that holds, or one that became a comment: its number stays.
local function edit(o, text, file)
	local made, number = {}, 0
	for line in text:gmatch "([^\n]*\n?)" do
		number = number + 1
		local place = ("%s:%d"):format(file, number)
		local key, value = line:match "^%s*([%w-]+)%s*%+?=%s*(.-)%s*$"
		local instead = key and INSTEAD[key]
		if key and FORWARDS[key] and not ends_here(o.config, value) then
			instead = "taken out: no such server is in this world; it resolves such names by itself"
		elseif key == "forward-zones-file" then
			instead = "taken out: name its zones as forward-zones"
		end
		if key == "include-dir" and value ~= "" then
			o.includes[#o.includes + 1] = value
		end
		if instead then
			o.overrides[#o.overrides + 1] = { place = place, was = line:match "^%s*(.-)%s*$", is = instead }
			line = "# sigfault: " .. line
		elseif key then
			o.settings[#o.settings + 1] = { name = key, value = value, place = place }
			line = key == o.without and "# sigfault: " .. line or line
		elseif line:match "^[%w_]+:%s*$" then
			o.error = o.error or place .. ": settings as YAML cannot be laid over here; those of version 4 can (key=value)"
		end
		made[#made + 1] = line
	end
	return table.concat(made)
end

-- The last line of a setting counts, and what is included counts after the file itself.
local function overlay(subject, config, given)
	if not is_old(subject) then
		return { error = "--config: the YAML of PowerDNS 5.1 and later cannot be laid over, the key=value of earlier ones can" }
	end
	local change = MITIGATIONS[subject.mitigation]
	local o = { config = config, overrides = {}, settings = {}, includes = {}, without = subject.without }
	local text = edit(o, config.text, config.name)
	for _, folder in ipairs(o.includes) do
		for _, file in ipairs(config.include(folder .. "/*.conf")) do
			text = text .. "\n# " .. file.name .. "\n" .. edit(o, file.text, file.name)
		end
	end
	given["recursor.conf"] = text .. lines {
		"",
		"# What sigfault lays over it.",
		"config-dir=" .. subject.folder,
		"socket-dir=" .. subject.folder,
		"local-address=" .. listen(subject),
		"local-port=53",
		"allow-from=0.0.0.0/0, ::/0",
		"daemon=no",
		"write-pid=no",
		"disable-syslog=yes",
		"setuid=",
		"setgid=",
		"hint-file=root.hints",
		"lua-config-file=anchor.lua",
		"security-poll-suffix=",
		"dont-query=",
		subject.mitigation == "no-validation" and "dnssec=process-no-validate" or "",
	} .. (change and change[1] .. "\n" or "") .. subject.settings
	return {
		error = o.error, files = given, overrides = o.overrides, notes = {}, settings = o.settings, without = o.without,
		copies = { ["recursor.conf"] = config.name },
	}
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
	overlay = overlay,
	start = start,

	options = { threads = { about = "how many threads it answers with (threads)", most = 32 } },

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
