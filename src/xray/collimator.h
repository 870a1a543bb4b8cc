/* collimator.h - shutters that keep the beam to a field. */
#ifndef XRAY_COLLIMATOR_H
#define XRAY_COLLIMATOR_H

/* The field, in pixels of the detector ((0, 0) is the centre of the first). It is what the rectangle, the circle and
 * the slanting blades leave open together; INFINITY opens any of them. */
typedef struct fx_collimator {
    double centre_x, centre_y;
    double half_width, half_height; /* of the rectangle, along its own axes */
    double angle_degrees;           /* that its first axis is turned from x towards y */
    double radius;                  /* of the circle */
    double penumbra;      /* width of the edge's ramp: the focal spot seen past the blade; at least 1 is taken */
    double transmission;  /* of the blades, 0 .. 1; 0.001 is usual */
    double half_diagonal; /* of four more blades, at 45 degrees to the rectangle's, as octagons have; 0: none */
} fx_collimator;

/* Multiplies plane [height, width] by what gets through: 1 in the field, `transmission` outside. */
void fx_collimate(const fx_collimator *collimator, int height, int width, float *plane);

#endif
