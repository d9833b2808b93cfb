package io.ferrite.engine.geo;

import io.ferrite.engine.CommandFixture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class GeoCommandsTest {

    private final CommandFixture redis = CommandFixture.create();

    @BeforeEach
    void twoTowns() {
        redis.run("GEOADD g 13.361389 38.115556 Palermo 15.087269 37.502669 Catania")
                .repliesInteger(2)
                .propagates("zadd g 3479099956230698 Palermo 3479447370796909 Catania")
                .announces("zadd g");
    }

    @AfterEach
    void nothingLeaks() {
        redis.close();
    }

    @Test
    void positions_areRepliedAsKept_toTheLastDigit() {
        redis.run("GEOPOS g Palermo none")
                .replies("*2|*2|$20|13.36138933897018433|$20|38.11555639549629859|*-1|");
        redis.run("GEOHASH g Palermo Catania").repliesArray("sqc8b49rny0", "sqdtr74hyu0");
        redis.run("GEODIST g Palermo Catania").repliesBulk("166274.1516");
        redis.run("GEODIST g Palermo Catania mi").repliesBulk("103.3182");
        redis.run("GEODIST g Palermo none").repliesNil();
    }

    @Test
    void searches_replyTheNearestFirst() {
        redis.run("GEOSEARCH g FROMLONLAT 15 37 BYRADIUS 200 km ASC")
                .repliesArray("Catania", "Palermo");
        redis.run("GEOSEARCH g FROMMEMBER Palermo BYBOX 10 10 km WITHDIST")
                .replies("*1|*2|$7|Palermo|$6|0.0000|");
        redis.run("GEORADIUS g 15 37 200 km WITHDIST COUNT 1")
                .replies("*1|*2|$7|Catania|$7|56.4413|");
        redis.run("GEORADIUSBYMEMBER_RO g Palermo 200 km WITHHASH DESC")
                .replies("*2|*2|$7|Catania|:3479447370796909|*2|$7|Palermo|:3479099956230698|");
        redis.run("GEOSEARCH g FROMLONLAT 0 0 BYRADIUS 1e308 km COUNT 9223372036854775807 ANY")
                .repliesArray("Palermo", "Catania");
    }

    @Test
    void results_areStored_andAnnounced() {
        redis.run("GEOSEARCHSTORE d g FROMLONLAT 15 37 BYRADIUS 100 km")
                .repliesInteger(1)
                .announces("geosearchstore d");
        redis.run("GEORADIUS g 15 37 100 km STORE a STORE b")
                .repliesInteger(1)
                .announces("georadiusstore b");
        redis.run("GEOSEARCHSTORE d none FROMLONLAT 15 37 BYRADIUS 100 km")
                .repliesInteger(0)
                .notifies("del", "d");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "GEOADD g 181 86 m;ERR invalid longitude,latitude pair 181.000000,86.000000",
                "GEOADD g nan nan m;ERR value is not a valid float",
                "GEOADD g NX XX 1 1 m;ERR syntax error",
                "GEODIST g Palermo Catania xx;"
                        + "ERR unsupported unit provided. please use M, KM, FT, MI",
                "GEOSEARCH g FROMLONLAT 1 1 BYBOX -1 1 m;"
                        + "ERR height or width cannot be negative",
                "GEOSEARCH g FROMLONLAT 1 1 BYRADIUS 1 km COUNT -1;ERR COUNT must be > 0",
                "GEOSEARCH g FROMLONLAT 1 1 BYRADIUS 1 km ANY;"
                        + "ERR the ANY argument requires COUNT argument",
                "GEOSEARCH g FROMMEMBER none BYRADIUS 1 km;"
                        + "ERR could not decode requested zset member",
                "GEOSEARCH g BYRADIUS 1 km ASC WITHDIST;ERR exactly one of FROMMEMBER or"
                        + " FROMLONLAT can be specified for GEOSEARCH",
                "GEORADIUS g 1 1 1 km STORE d WITHDIST;ERR STORE option in GEORADIUS is not"
                        + " compatible with WITHDIST, WITHHASH and WITHCOORD options",
                "GEORADIUS_RO g 1 1 1 km STORE d;ERR syntax error"
            })
    void whatCannotBe_isRefused(String command, String error) {
        redis.run(command).refuses(error);
    }
}
