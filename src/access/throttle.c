/* SPDX-License-Identifier: Apache-2.0 */
#include "access/throttle.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/hash.h"

#define WAYS 8
#define SETS (THROTTLE_ENTRIES / WAYS)
#define SECOND INT64_C(1000000)
#define DOUBLINGS_MAX 20

struct entry {
	uint64_t key; /* 0: free */
	int64_t last;
	uint32_t failures;
};

struct throttle {
	pthread_mutex_t lock;
	uint64_t seed; /* nobody outside can aim at a set */
	struct entry entries[SETS][WAYS];
};

_Static_assert((SETS & (SETS - 1)) == 0, "sets are picked by mask");

struct throttle *throttle_new(void)
{
	struct throttle *throttle = calloc(1, sizeof(*throttle));

	must(throttle);
	pthread_mutex_init(&throttle->lock, NULL);
	random_bytes(&throttle->seed, sizeof(throttle->seed));
	return throttle;
}

void throttle_free(struct throttle *throttle)
{
	if (!throttle)
		return;
	pthread_mutex_destroy(&throttle->lock);
	free(throttle);
}

static uint64_t account_key(const struct throttle *throttle, struct str account)
{
	char folded[256]; /* names compare without regard to case */
	size_t len = account.len < sizeof(folded) ? account.len : sizeof(folded);

	for (size_t i = 0; i < len; i++)
		folded[i] = char_lower(account.ptr[i]);
	return hash_bytes_seeded(folded, len, throttle->seed) | 1;
}

static uint64_t address_key(const struct throttle *throttle, const uint8_t address[16])
{
	static const uint8_t mapped[12] = {[10] = 0xff, [11] = 0xff};
	size_t len = memcmp(address, mapped, sizeof(mapped)) == 0 ? 16 : 8;

	return hash_bytes_seeded(address, len, ~throttle->seed) | 1;
}

/* The key's entry, or one to use for it: a free one, else the one that failed longest ago. */
static struct entry *find(struct throttle *throttle, uint64_t key)
{
	struct entry *set = throttle->entries[(key >> 1) & (SETS - 1)], *oldest = set;

	for (int i = 0; i < WAYS; i++) {
		if (set[i].key == key)
			return &set[i];
		if (oldest->key && (!set[i].key || set[i].last < oldest->last))
			oldest = &set[i];
	}
	*oldest = (struct entry){.key = key};
	return oldest;
}

static int64_t wait_of(struct entry *entry, int64_t max, int64_t now)
{
	int64_t wait;
	uint32_t doublings;

	if (now - entry->last > THROTTLE_MEMORY)
		entry->failures = 0;
	if (entry->failures < THROTTLE_FREE)
		return 0;
	doublings = entry->failures - THROTTLE_FREE;
	wait = SECOND << (doublings < DOUBLINGS_MAX ? doublings : DOUBLINGS_MAX);
	wait = entry->last + (wait < max ? wait : max) - now;
	return wait > 0 ? wait : 0;
}

static void count(struct entry *entry, int64_t now)
{
	entry->failures++;
	entry->last = now;
}

int64_t throttle_begin(struct throttle *throttle, struct str account, const uint8_t address[16], int64_t now)
{
	int64_t account_wait, address_wait;
	struct entry *entry;

	pthread_mutex_lock(&throttle->lock);
	entry = find(throttle, address_key(throttle, address));
	address_wait = wait_of(entry, THROTTLE_ADDRESS_WAIT_MAX, now);
	if (address_wait == 0) {
		struct entry *by_account = find(throttle, account_key(throttle, account));

		account_wait = wait_of(by_account, THROTTLE_ACCOUNT_WAIT_MAX, now);
		if (account_wait == 0) {
			count(by_account, now);
			count(find(throttle, address_key(throttle, address)), now);
		}
	} else {
		account_wait = 0;
	}
	pthread_mutex_unlock(&throttle->lock);
	return address_wait > account_wait ? address_wait : account_wait;
}

int64_t throttle_wait(struct throttle *throttle, struct str account, const uint8_t address[16], int64_t now)
{
	int64_t account_wait, address_wait;

	pthread_mutex_lock(&throttle->lock);
	address_wait =
		wait_of(find(throttle, address_key(throttle, address)), THROTTLE_ADDRESS_WAIT_MAX, now);
	account_wait =
		wait_of(find(throttle, account_key(throttle, account)), THROTTLE_ACCOUNT_WAIT_MAX, now);
	pthread_mutex_unlock(&throttle->lock);
	return address_wait > account_wait ? address_wait : account_wait;
}

static void take_back(struct entry *entry)
{
	if (entry->failures)
		entry->failures--;
}

void throttle_passed(struct throttle *throttle, struct str account, const uint8_t address[16])
{
	pthread_mutex_lock(&throttle->lock);
	take_back(find(throttle, account_key(throttle, account)));
	take_back(find(throttle, address_key(throttle, address)));
	pthread_mutex_unlock(&throttle->lock);
}

void throttle_succeeded(struct throttle *throttle, struct str account, const uint8_t address[16])
{
	pthread_mutex_lock(&throttle->lock);
	find(throttle, account_key(throttle, account))->failures = 0;
	take_back(find(throttle, address_key(throttle, address)));
	pthread_mutex_unlock(&throttle->lock);
}
