/* SPDX-License-Identifier: Apache-2.0 */
#include "bin/addresses.h"

#include "base/clock.h"
#include "base/log.h"

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

void addresses_open(const struct config *config, bool tell, struct addresses *ret_addresses)
{
	const char *countries = addresses_countries(config);
	struct err err = {0};

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
}

void addresses_close(struct addresses *addresses)
{
	address_file_close(addresses->countries);
	address_file_close(addresses->networks);
}

struct enricher *addresses_enricher(const struct addresses *addresses)
{
	return addresses && (addresses->countries || addresses->networks)
		       ? enricher_new(addresses->countries, addresses->networks)
		       : NULL;
}
