/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TEST_DETECT_SUPPORT_H
#define TEST_DETECT_SUPPORT_H
/* Rules and events for tests of detect/: rules from text, events from JSON by the plainest mapping. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "base/hash.h"
#include "base/json.h"
#include "detect/detect.h"

/* A rule set of one rule whose detection is given in YAML's flow style; log source product "p". The reason
   is in *ret_err where it does not load, and then NULL. */
struct ruleset *rule_from(const char *detection, struct err *ret_err);

/* Of whole rule texts; fails the test where one does not load. */
struct ruleset *rules_from(const char *const *texts, size_t count, bool all_rules);

/* Nested names are joined with dots, lists repeat their name, evtx_dump's wrapping is taken off, product,
   category and service become the log source. */
void event_from_json(const struct json_node *root, struct str raw, struct arena *arena, struct event *event);

/* Whether the only rule matches; fails the test where index and plain evaluation differ. */
bool matches(struct ruleset *set, const char *json);

/* Rules with what runs them, and one event. */
struct lab {
	struct ruleset *set;
	struct matcher *matcher;
	struct arena *arena;
	struct event event;
};

/* As rules_from, without those for other products. */
void lab_open(struct lab *lab, const char *const *rules, size_t count);
void lab_close(struct lab *lab);

/* The next event, of product "p" and without anything else; what the one before held is gone. */
void lab_begin(struct lab *lab);

/* An attribute of the event; both texts are borrowed. */
void lab_add(struct lab *lab, const char *key, struct str text);

/* The folder of shared test data, or NULL. */
const char *shared_data(void);

#endif
