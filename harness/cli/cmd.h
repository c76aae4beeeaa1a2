/* SPDX-License-Identifier: BSD-2-Clause */
/* cmd.h - one function a command, each in its cmd_NAME.c: what the table of commands calls. Options
 * and the number of arguments have been checked. */
#pragma once

#include "harness/cli/option.h"
#include "harness/text/exit.h"

enum exit_status cmd_run(struct options *o, struct err *e);
enum exit_status cmd_plan(struct options *o, struct err *e);
enum exit_status cmd_zone(struct options *o, struct err *e);
enum exit_status cmd_serve(struct options *o, struct err *e);
enum exit_status cmd_shell(struct options *o, struct err *e);
enum exit_status cmd_report(struct options *o, struct err *e);
enum exit_status cmd_triage(struct options *o, struct err *e);
enum exit_status cmd_trace(struct options *o, struct err *e);
enum exit_status cmd_bisect(struct options *o, struct err *e);
enum exit_status cmd_sign(struct options *o, struct err *e);
enum exit_status cmd_gate(struct options *o, struct err *e);
enum exit_status cmd_rollover(struct options *o, struct err *e);
enum exit_status cmd_faults(struct options *o, struct err *e);
enum exit_status cmd_figures(struct options *o, struct err *e);
enum exit_status cmd_resolvers(struct options *o, struct err *e);
enum exit_status cmd_scenarios(struct options *o, struct err *e);
enum exit_status cmd_version(struct options *o, struct err *e);
enum exit_status cmd_help(struct options *o, struct err *e);
enum exit_status cmd_man(struct options *o, struct err *e);
enum exit_status cmd_complete(struct options *o, struct err *e);
