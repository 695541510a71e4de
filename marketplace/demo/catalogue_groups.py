"""Thirty made-up KUBE of Hulu Sungai Selatan, in all of its eleven kecamatan."""

from marketplace.demo.catalogue import GroupWords

# fmt: off
GROUPS: tuple[GroupWords, ...] = (
    GroupWords("KUBE Manis Kapuh", "Simpur", 10, "Dodol", 2012,
               "Ibu-ibu Kapuh mengaduk dodol bersama sejak subuh, memakai resep orang tua mereka. "
               "Kini dodol mereka dibawa pulang tamu dari berbagai kota."),
    GroupWords("KUBE Katupat Harum", "Kandangan", 2, "Masakan dan katering", 2010,
               "Dapur kelompok ini memasak ketupat Kandangan dengan santan segar setiap pagi. "
               "Mereka juga melayani nasi kotak untuk rapat dan acara keluarga."),
    GroupWords("KUBE Wadai Bungas", "Kandangan", 0, "Kue tradisional", 2015,
               "Anggota kelompok menjaga resep wadai Banjar yang mulai jarang dibuat. "
               "Setiap bulan mereka belajar satu resep lama dari warga yang lebih tua."),
    GroupWords("KUBE Jarum Amandit", "Kandangan", 1, "Jasa jahit", 2011,
               "Delapan penjahit berbagi satu ruang kerja dan saling memeriksa jahitan. "
               "Seragam sekolah buatan mereka dikenal rapi dan kuat."),
    GroupWords("KUBE Sasirangan Amandit", "Padang Batung", 5, "Kain sasirangan", 2014,
               "Kelompok ini menjelujur dan mencelup kain sasirangan dengan tangan di Jambu Hulu. "
               "Sebagian warnanya berasal dari kulit kayu dan daun di sekitar kampung."),
    GroupWords("KUBE Paring Loksado", "Loksado", 8, "Anyaman bambu", 2009,
               "Para penganyam Loksado memilih sendiri bambu tua dari kebun mereka. "
               "Setiap bakul dan nyiru dikerjakan sampai halus sebelum dijual."),
    GroupWords("KUBE Wanyi Maratus", "Loksado", 9, "Madu hutan", 2016,
               "Pencari madu Haratai memanen dengan lestari dan selalu menyisakan sarang. "
               "Madu disaring dingin dan dikemas bersih di rumah kelompok."),
    GroupWords("KUBE Kulit Manis Lumpangi", "Loksado", 2, "Rempah dan kayu manis", 2013,
               "Kayu manis Lumpangi dikupas, dijemur, dan disortir oleh keluarga anggota. "
               "Wanginya menjadi kebanggaan kampung di kaki Meratus."),
    GroupWords("KUBE Gula Habang", "Padang Batung", 16, "Gula aren", 2008,
               "Penyadap aren Malilingin mulai bekerja sebelum matahari terbit. "
               "Air nira dimasak di hari yang sama agar gulanya harum dan bersih."),
    GroupWords("KUBE Kopi Langsat", "Telaga Langsat", 9, "Kopi dan minuman", 2019,
               "Kelompok ini merawat kebun kopi di lereng Longawang dan memetik buah merahnya. "
               "Biji disangrai sedikit demi sedikit supaya selalu segar."),
    GroupWords("KUBE Karipik Gumbil", "Telaga Langsat", 8, "Keripik", 2017,
               "Pisang dan singkong dari kebun sendiri diolah menjadi keripik renyah. "
               "Anggota bergantian menjaga mutu irisan, minyak, dan bumbunya."),
    GroupWords("KUBE Kebun Lok Binuang", "Telaga Langsat", 0, "Sayur dan buah", 2018,
               "Petani Lok Binuang menanam sayur tanpa semprotan berlebihan. "
               "Hasil panen pagi sudah sampai di Kandangan sebelum siang."),
    GroupWords("KUBE Karupuk Bamban", "Angkinang", 1, "Kerupuk dan rempeyek", 2012,
               "Halaman rumah di Bamban penuh jemuran kerupuk ketika hari cerah. "
               "Kelompok ini bangga karena kerupuknya mengembang tanpa pengembang buatan."),
    GroupWords("KUBE Itik Taniran", "Angkinang", 8, "Itik dan telur asin", 2010,
               "Itik Taniran digembalakan di sawah setelah panen. "
               "Telurnya diasinkan dengan abu dan garam selama dua minggu."),
    GroupWords("KUBE Nyiur Bakarung", "Angkinang", 10, "Olahan kelapa", 2016,
               "Kelapa tua dari pekarangan diolah habis, dari minyak sampai batoknya. "
               "Tidak ada bagian kelapa yang terbuang di kelompok ini."),
    GroupWords("KUBE Bengkel Amawang", "Kandangan", 13, "Bengkel dan jasa", 2015,
               "Para montir muda Amawang belajar bersama di balai latihan kerja. "
               "Mereka menjelaskan dulu biayanya sebelum mulai bekerja."),
    GroupWords("KUBE Lamang Hamalau", "Sungai Raya", 0, "Lamang dan ketan", 2013,
               "Lamang Hamalau dibakar dalam bambu muda di atas bara, pelan dan sabar. "
               "Setiap Jumat dapur kelompok ramai oleh pembeli yang lewat."),
    GroupWords("KUBE Jamur Tamiyang", "Sungai Raya", 12, "Jamur tiram", 2020,
               "Kumbung jamur kelompok ini dibangun gotong royong oleh sepuluh keluarga. "
               "Jamur dipetik dua kali sehari supaya sampai segar ke pembeli."),
    GroupWords("KUBE Sapu Batang Kulur", "Sungai Raya", 9, "Alat rumah tangga", 2011,
               "Ijuk dan lidi dari kebun diikat rapi menjadi sapu yang awet. "
               "Kantor dan sekolah di Kandangan sudah lama memakainya."),
    GroupWords("KUBE Tempe Wasah", "Simpur", 7, "Tempe dan tahu", 2014,
               "Dapur Wasah Hulu merebus kedelai setiap sore dan mengemas tempe setiap malam. "
               "Mereka memakai daun pisang agar tempe harum dan tidak banyak plastik."),
    GroupWords("KUBE Tikar Ulin", "Simpur", 6, "Anyaman pandan", 2009,
               "Perempuan Pantai Ulin menganyam pandan sambil bercerita di beranda. "
               "Motifnya diambil dari gelombang sungai dan bunga kampung."),
    GroupWords("KUBE Haruan Kalumpang", "Kalumpang", 5, "Olahan ikan haruan", 2018,
               "Ikan haruan dari rawa Kalumpang diolah menjadi abon dan kerupuk. "
               "Kelompok ini menimbang dan mencatat setiap ikan yang masuk."),
    GroupWords("KUBE Baras Balimau", "Kalumpang", 0, "Beras dan tepung", 2016,
               "Petani Balimau menanam padi lokal yang tahan air pasang. "
               "Beras digiling sesuai pesanan agar tetap wangi."),
    GroupWords("KUBE Iwak Karing Nagara", "Daha Selatan", 9, "Ikan kering", 2008,
               "Nelayan Habirau menjemur ikan di atas rumah lanting yang terkena angin rawa. "
               "Ikan dicuci tiga kali dan digarami secukupnya."),
    GroupWords("KUBE Pandai Basi Nagara", "Daha Selatan", 7, "Pandai besi", 2010,
               "Tumbukan Banyu sejak dulu dikenal sebagai kampung pandai besi. "
               "Setiap bilah ditempa tangan dan diuji sebelum dijual."),
    GroupWords("KUBE Garabah Bayanan", "Daha Selatan", 4, "Gerabah", 2012,
               "Tanah liat rawa dibentuk dengan tangan, lalu dibakar dengan jerami. "
               "Anak muda Bayanan kini ikut membuat bentuk-bentuk baru."),
    GroupWords("KUBE Purun Bajayau", "Daha Barat", 4, "Anyaman purun", 2013,
               "Purun dari rawa Bajayau dijemur, ditumbuk, lalu dianyam menjadi tas dan topi. "
               "Kelompok ini menanam kembali purun yang mereka panen."),
    GroupWords("KUBE Rawa Badaun", "Daha Barat", 3, "Olahan ikan rawa", 2021,
               "Keluarga Badaun mengolah sapat dan gabus dengan cara lama yang bersih. "
               "Wadi dan pakasam mereka dibuat sedikit agar mutunya terjaga."),
    GroupWords("KUBE Kacang Nagara", "Daha Utara", 0, "Kacang dan hasil kebun rawa", 2017,
               "Saat rawa surut, lahan Pakapuran Kecil menjadi kebun kacang dan semangka. "
               "Kelompok ini menyimpan benih terbaik untuk musim berikutnya."),
    GroupWords("KUBE Sehat Banua", "Daha Utara", 2, "Jamu, sabun, dan pijat", 2022,
               "Anggota kelompok meracik jamu dari kebun obat keluarga. "
               "Para pemijatnya sudah mengikuti latihan dari puskesmas."),
)
# fmt: on
