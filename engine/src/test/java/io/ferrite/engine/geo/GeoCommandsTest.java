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

    private static final String SHAPE =
            "BYPOLYGON 11 151.21619137411474 -33.869643764947696 151.20408853981647"
                    + " -33.87845382042545 151.2123775086366 -33.87864711938855"
                    + " 151.21046943124387 -33.87588862400425 151.21701035939626"
                    + " -33.874286511854834 151.2239557405701 -33.8735722632175"
                    + " 151.22495056246407 -33.87893571656996 151.2274447496748"
                    + " -33.882307713036354 151.23212935868654 -33.88136096120022"
                    + " 151.23097291274465 -33.87456240592362 151.22475424781445"
                    + " -33.87099633192101";

    /** The positions and distances of Valkey's own test. */
    @Test
    void polygon_takesWhatLiesInIt_distancesFromItsMiddle() {
        redis.run("GEOADD s 151.20932132005692 -33.877723137822436 elizabeth");
        redis.run("GEOADD s 151.2119820713997 -33.87697539508043 connaught");
        redis.run("GEOADD s 151.2119820713997 -33.87156123068408 james");
        redis.run("GEOADD s 151.2229523062706 -33.883973760201364 oxford");
        redis.run("GEOADD s 151.22852593660355 -33.88116782387797 goodhope");
        redis.run("GEOADD s 151.2224105000496 -33.87544442350019 kings");
        redis.run("GEOADD s 151.22953444719315 -33.874838625143106 oval");
        redis.run("GEOSEARCH s " + SHAPE).repliesArray("goodhope", "oval", "elizabeth");
        redis.run("GEOSEARCH s " + SHAPE + " WITHDIST ASC")
                .replies(
                        "*3|*2|$4|oval|$8|858.3013|*2|$8|goodhope|$8|929.4979|"
                                + "*2|$9|elizabeth|$9|1035.7735|");
        redis.run("GEOSEARCHSTORE d s " + SHAPE + " ASC STOREDIST COUNT 2").repliesInteger(2);
        redis.run("ZRANGE d 0 -1").repliesArray("oval", "goodhope");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "BYPOLYGON 2 1 1 2 2;ERR GEOSEARCH BYPOLYGON must have at least 3 vertices",
                "BYPOLYGON 3 1 1 2 2;ERR GEOSEARCH BYPOLYGON must have at least 3 vertices",
                "BYPOLYGON -1 1 1 2 2;ERR GEOSEARCH BYPOLYGON must have at least 3 vertices",
                "BYPOLYGON x 1 1 2 2 3 3;ERR invalid number of vertices",
                "BYPOLYGON 3 1 1 2 2 200 3;ERR invalid longitude,latitude pair 200.000000,3.000000",
                "BYPOLYGON 3 1 1 2 2 3 3 BYBOX 1 1 km;ERR syntax error",
                "BYBOX 1 1 km BYPOLYGON 3 1 1 2 2 3 3;ERR syntax error",
                "BYPOLYGON 3 1 1 2 2 3 3 FROMLONLAT 1 1;ERR syntax error",
                "FROMMEMBER Palermo BYPOLYGON 3 1 1 2 2 3 3;ERR syntax error",
                "BYPOLYGON 3 1 1 2 2 3 3 COUNT -1;ERR COUNT must be > 0"
            })
    void polygonThatIsNone_isRefused(String options, String error) {
        redis.run("GEOSEARCH g " + options).refuses(error);
    }
}
