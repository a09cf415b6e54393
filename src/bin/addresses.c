/* SPDX-License-Identifier: Apache-2.0 */
#include "bin/addresses.h"

#include <limits.h>
#include <stdio.h>

#include "base/clock.h"
#include "base/log.h"
#include "bin/register_snapshot.h"

const char *addresses_countries(const struct config *config)
{
	return config->enrich_geo_file[0] ? config->enrich_geo_file : address_file_shipped();
}

static struct address_file *open_file(const char *path, enum address_fact wanted, const char *what, bool tell)
{
	struct address_file *file = NULL;
	char text[ERR_FILE_MAX + ERR_MESSAGE_MAX + 32];
	struct err err = {0};

	if (address_file_open(path, wanted, &file, &err) == 0) {
		clock_format(address_file_made(file) * CLOCK_SECOND, text);
		if (tell)
			log_info("%s of addresses: %s, made on %.10s", what, path, text);
		return file;
	}
	err_format(&err, text, sizeof(text));
	log_warning("%s; events get no %s of addresses", text, what);
	return NULL;
}

static void open_inside(const struct config *config, struct addresses *addresses)
{
	struct err err = {0};

	if (inside_new(config->enrich_inside, &addresses->inside, &err) < 0)
		log_warning("enrich.inside: %s; events get no network.direction", err.message);
}

static void open_agents(const struct config *config, struct addresses *addresses)
{
	char path[PATH_MAX], text[ERR_FILE_MAX + ERR_MESSAGE_MAX + 32];
	struct err err = {0};

	snprintf(path, sizeof(path), "%s/" AGENTS_FILE, config->content);
	if (agents_load(path, &addresses->agents, &err) == 0)
		return;
	err_format(&err, text, sizeof(text));
	log_warning("%s; events get no names of user agents", text);
}

/* The setting goes before the register of the console. */
static struct assets_watch *open_assets(const struct config *config, int64_t zone, bool tell)
{
	char path[PATH_MAX];

	if (config->enrich_assets[0]) {
		if (tell)
			log_info("assets are those of enrich.assets, not of the console's register: %s",
				 config->enrich_assets);
		return assets_watch_start(config->enrich_assets, false, zone, tell);
	}
	snprintf(path, sizeof(path), "%s/" REGISTER_EXPORT, config->data);
	return assets_watch_start(path, true, zone, tell);
}

void addresses_open(const struct config *config, bool tell, struct addresses *ret_addresses)
{
	const char *countries = addresses_countries(config);
	struct err err = {0};
	int64_t zone = 0;

	*ret_addresses = (struct addresses){0};
	if (countries[0])
		ret_addresses->countries = open_file(countries, ADDRESS_COUNTRY, "countries", tell);
	else if (tell)
		log_info("no file of countries: it was built without one, and enrich.geo_file names none");
	if (ret_addresses->countries &&
	    address_file_correct(ret_addresses->countries, config->enrich_countries, &err) < 0)
		log_warning("enrich.countries: %s; none of it holds", err.message);
	if (config->enrich_as_file[0])
		ret_addresses->networks =
			open_file(config->enrich_as_file, ADDRESS_NETWORK, "networks", tell);
	open_inside(config, ret_addresses);
	open_agents(config, ret_addresses);
	if (config_zone(config, &zone, NULL) < 0)
		zone = 0; /* said by whoever reads times of events */
	ret_addresses->assets = open_assets(config, zone, tell);
}

void addresses_close(struct addresses *addresses)
{
	address_file_close(addresses->countries);
	address_file_close(addresses->networks);
	inside_free(addresses->inside);
	agents_free(addresses->agents);
	assets_watch_free(addresses->assets);
}

struct enricher *addresses_enricher(const struct addresses *addresses)
{
	struct enrich_tables tables;

	if (!addresses)
		return NULL;
	tables = (struct enrich_tables){.countries = addresses->countries,
					.networks = addresses->networks,
					.inside = addresses->inside,
					.agents = addresses->agents};
	return enricher_new(&tables);
}

void addresses_refresh(const struct addresses *addresses, struct enricher *enricher, uint64_t *generation)
{
	struct assets *assets;

	if (!addresses || !enricher || !assets_watch_take(addresses->assets, generation, &assets))
		return;
	enricher_use_assets(enricher, assets);
	assets_release(assets);
}
