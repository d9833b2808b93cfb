package io.ferrite.node.command;

import io.ferrite.engine.ExecutionUnit;
import io.ferrite.engine.Numbers;
import io.ferrite.node.Compatibility;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;

/** LOLWUT: iron filings around two poles, a new field for every call. */
final class LolwutCommand {

    private static final int WIDTH = 64;
    private static final int HEIGHT = 20;

    /** Characters are about twice as high as wide. */
    private static final double ASPECT = 2.0;

    private LolwutCommand() {}

    /** LOLWUT [VERSION version] [argument ...]; there is one picture, whatever the version. */
    static void lolwut(ExecutionUnit unit) {
        if (unit.argc() > 2 && unit.arg(1).isWord("VERSION")) {
            Numbers.integer(unit.arg(2));
        }
        String text = picture(unit.nowMs()) + "\nRedis ver. " + Compatibility.REDIS_VERSION + "\n";
        unit.reply().verbatim("txt", text);
    }

    static String picture(long seed) {
        RandomGenerator random = RandomGeneratorFactory.of("SplittableRandom").create(seed);
        double northX = WIDTH * (0.2 + 0.2 * random.nextDouble());
        double northY = HEIGHT * (0.3 + 0.4 * random.nextDouble());
        double southX = WIDTH * (0.6 + 0.2 * random.nextDouble());
        double southY = HEIGHT * (0.3 + 0.4 * random.nextDouble());
        StringBuilder out = new StringBuilder(HEIGHT * (WIDTH + 1));
        for (int y = 0; y < HEIGHT; y++) {
            for (int x = 0; x < WIDTH; x++) {
                if (x == (int) northX && y == (int) northY) {
                    out.append('N');
                } else if (x == (int) southX && y == (int) southY) {
                    out.append('S');
                } else {
                    double[] field = new double[2];
                    addPole(field, x - northX, (y - northY) * ASPECT, 1);
                    addPole(field, x - southX, (y - southY) * ASPECT, -1);
                    out.append(filing(field, random));
                }
            }
            out.append('\n');
        }
        return out.toString();
    }

    private static void addPole(double[] field, double x, double y, int charge) {
        double distance = Math.sqrt(x * x + y * y) + 0.5;
        double strength = charge / (distance * distance * distance);
        field[0] += x * strength;
        field[1] += y * strength;
    }

    /** A filing lies along the field; where the field is weak there are fewer. */
    private static char filing(double[] field, RandomGenerator random) {
        double strength = Math.sqrt(field[0] * field[0] + field[1] * field[1]);
        if (random.nextDouble() > Math.min(1, 60 * strength)) {
            return ' ';
        }
        double angle = Math.atan2(field[1], field[0]);
        int octant = (int) Math.round(angle / (Math.PI / 4));
        return "-\\|/".charAt(Math.floorMod(octant, 4));
    }
}
