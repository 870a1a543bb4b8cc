# The libraries others keep (docs/DEPENDENCIES.md gives the reason for each).
find_package(PkgConfig REQUIRED)
find_package(OpenMP REQUIRED COMPONENTS C)
pkg_check_modules(jansson REQUIRED IMPORTED_TARGET jansson)
pkg_check_modules(curl REQUIRED IMPORTED_TARGET libcurl)
pkg_check_modules(pcre2 REQUIRED IMPORTED_TARGET libpcre2-8)
pkg_check_modules(utf8proc REQUIRED IMPORTED_TARGET libutf8proc)
pkg_check_modules(png REQUIRED IMPORTED_TARGET libpng)
pkg_check_modules(jpeg REQUIRED IMPORTED_TARGET libjpeg)
pkg_check_modules(tiff REQUIRED IMPORTED_TARGET libtiff-4)
pkg_check_modules(openjpeg REQUIRED IMPORTED_TARGET libopenjp2)
pkg_check_modules(exif REQUIRED IMPORTED_TARGET libexif)
pkg_check_modules(freetype REQUIRED IMPORTED_TARGET freetype2)
pkg_check_modules(zlib REQUIRED IMPORTED_TARGET zlib)
pkg_check_modules(libzip REQUIRED IMPORTED_TARGET libzip)
pkg_check_modules(openblas REQUIRED IMPORTED_TARGET openblas)
pkg_check_modules(xraylib REQUIRED IMPORTED_TARGET libxrl)
pkg_check_modules(cmocka REQUIRED IMPORTED_TARGET cmocka)
# Only for runs of several ranks, and only in a module of their own (src/base/ranks.h).
find_package(MPI QUIET COMPONENTS C)

# Two that come without a pkg-config file everywhere: DCMTK (its parts in the order in which they lean on each other) and
# nifticlib.
add_library(fsam_dcmtk INTERFACE)
foreach(part dcmseg dcmfg dcmiod dcmjpls dcmtkcharls dcmjpeg ijg8 ijg12 ijg16 dcmimgle dcmdata oflog ofstd)
    find_library(DCMTK_${part} ${part} REQUIRED)
    target_link_libraries(fsam_dcmtk INTERFACE ${DCMTK_${part}})
endforeach()
find_path(DCMTK_INCLUDE dcmtk/dcmdata/dctk.h REQUIRED)
target_include_directories(fsam_dcmtk SYSTEM INTERFACE ${DCMTK_INCLUDE})
add_library(fsam_nifti INTERFACE)
foreach(part niftiio znz)
    find_library(NIFTI_${part} ${part} REQUIRED)
    target_link_libraries(fsam_nifti INTERFACE ${NIFTI_${part}})
endforeach()
find_path(NIFTI_INCLUDE nifti/nifti1_io.h REQUIRED)
target_include_directories(fsam_nifti SYSTEM INTERFACE ${NIFTI_INCLUDE}/nifti)

# The font of the overlays' names, where Debian and other systems keep it.
find_file(DEJAVU_SANS DejaVuSans.ttf REQUIRED PATHS /usr/share/fonts/truetype/dejavu /usr/share/fonts/dejavu-sans-fonts
    /usr/share/fonts/TTF NO_DEFAULT_PATH)
