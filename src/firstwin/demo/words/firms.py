"""What customers are called, where they are and what they do. Every name is made up; none is meant to be anybody."""

from firstwin.demo.words import words

# Roots of names, by the part of the world they sound like.
ROOTS: dict[str, tuple[str, ...]] = {
    "en": words(
        """Aldergate Ambleford Anvilbrook Arkwell Ashcombe Barrowfield Beaconhurst Birchmere Blackwater Bramley
        Brightwick Broadmere Calderwick Calloway Cardinall Castlemoor Chalkstone Cinderford Claymore
        Cobblestead Coppergate Cresthaven Crosswell Dalebrook Dappleton Deepwell Dovecote Drayholm Eastmarch
        Elderbrook Emberley Fairlight Fallowmere Farrowdale Fenwright Flintham Foxhollow Gablewood
        Gallowhill Glasswater Goldthorpe Granthorne Greyfriar Halloway Harbourne Harrowgate Hartsmere
        Hawkridge Hazelden Heronsgate Highmarsh Hollowell Ironbridge Ivybank Juniper Keelby Kestrel
        Kingsbarrow Lanternmoor Larkfield Linden Lockhaven Longmead Lowther Marlowe Maplecroft Meridale
        Millrace Moorgate Nethercott Northmoor Oakhanger Oldcastle Orchardleigh Ottermouth Pennyfarthing
        Pinecrest Plumstead Quarrybank Quillfeather Ravensworth Redmayne Ridgeway Rookwood Rosebarn Rushmere
        Sable Saltmarsh Sandgate Sedgewick Shearwater Silverdale Southwold Stagmere Stonecutter Summerfold
        Swanwick Tanglewood Tarnside Thistledown Thornbury Tidewell Timberlake Tolworth Underhill Upwell
        Vellum Waverley Weatherby Westerham Whitlock Willowbank Windrush Wolfstan Woodruff Wrenfield Yarrow
        Yewtree Zephyr Copperline Bluewhistle Larkspur Tallgrass Redcedar Prairiegate Cottonwick Sagebrush
        Wheatland Bearpaw Cedarfall"""
    ),
    "de": words(
        """Adlerstein Birkenau Brandhof Buchwald Eichfeld Eisenach Falkenried Felsner Finkenwerk Gerstental Grauwald
        Grunewerk Hagenbrock Haldenstein Heidbrink Hollental Immendorf Kaltenbach Kastanienhof Kirschgarten
        Klinkerfuss Kornblum Lindauer Lorbach Marschland Mühlbrunn Nordhafen Ostertal Quellbrunn Rabenstein
        Reiherfeld Rothbach Salzgrund Sandkamp Silberhorn Steinbrück Tannhofer Uferland Waldkirchner
        Wiesengrund"""
    ),
    "fr": words(
        """Aubépine Beaumarchand Belleroche Boisfleury Boréal Chantelune Clairfontaine Combelle Courtenvaux Delacombe
        Fontevrault Grandpré Hautecour Lamartinière Lauzière Lormont Marivaux Mirebeau Montclar Noirval
        Orvillac Peyrelade Pierrefort Quatreveaux Rivalin Rochebrune Saint-Elme Sauvagnac Tournelle Valcrest
        Vaubrun Verdelaine Villandry"""
    ),
    "es": words(
        """Alborada Almendral Arroyal Azahara Cabrales Campoverde Castañar Cerrolargo Cordillana Encinares Espinardo
        Fuenclara Granadal Guadiaro Higueral Laurisilva Madroñal Miraflor Montaraz Naranjal Olivares
        Palmeral Peñalba Pinarejo Quebrada Robledal Salvatierra Serranía Tamarindo Valdemora Vegarica
        Zarzalejo"""
    ),
    "pt": words(
        """Alvorada Aroeira Boavista Caravela Figueiral Ipeverde Jacarandá Lagoanova Mangabeira Paraguaçu Pedralva
        Ribeirinha Sabiá Serranova Tijucal Vale-Claro"""
    ),
    "it": words(
        """Acquachiara Altavilla Bellariva Borgonuovo Castelvetro Collinaverde Fontanarossa Girasole Lagoscuro
        Montebruno Olmeto Pietrafina Pratolungo Rivalta Roccaforte Sassomare Torrebianca Valdoro Vignanova
        Zafferana"""
    ),
    "nl": words(
        """Achterberg Boomgaard Dijkstraat Duinrell Eikenhorst Graanveld Havenaar Kloosterman Lindenhof Molenwijk
        Polderzicht Rietveen Scheepmaker Veldkamp Waterlant Zuiderhof"""
    ),
    "nordic": words(
        """Almskog Askeby Bergvik Björkdal Blåfjell Dalsgård Ekhamra Fjordheim Granlunda Hagström Havsund Holmgaard
        Isfors Kallvatn Klippan Lindholmen Ljungby Lofsdal Mosskog Nordanvik Norrhamn Ormsund Rönnbo
        Sandvika Skogfors Skärgård Solbakke Stenvik Strandby Tallbacka Tindra Vestfold Vinterå Ålund"""
    ),
    "pl": words(
        """Białowód Brzozowa Czarnylas Dolina Jesionka Kamienica Klonowa Lipowa Modrzew Olszyna Piaskowa Rzeczna
        Sosnowy Wierzbowa Złotogóra"""
    ),
    "in": words(
        """Amravan Anandam Ashoka Banyanra Chandrika Devgiri Dhruva Girnara Himgiri Jalanidhi Kaveria Kesari Lotara
        Malhari Meghdoot Nilgira Panchvati Rajhansa Sahyadra Saptarang Shreenath Suryakant Trivenia
        Vasundhara Vindhya"""
    ),
    "jp": words(
        """Akamatsu Aoyanagi Asahiya Fujimori Hanamura Harukaze Hoshikawa Ishibashi Kaedeyama Kawasemi Kitanami
        Komorebi Matsukaze Minamoto Mizuho-ya Morikage Natsume Sakuragi Shirakaba Sunadome Takegawa Tsubame
        Umenoki Yamabuki"""
    ),
}

# Industry → the words that follow a root, in the language of the root. `*` serves every language without its own.
SUFFIXES: dict[str, dict[str, tuple[str, ...]]] = {
    "Manufacturing": {
        "*": ("Works", "Castings", "Precision", "Tooling", "Components", "Fabrication", "Industries", "Machine Co"),
        "de": ("Maschinenbau", "Werke", "Metallbau", "Technik"),
        "fr": ("Industries", "Mécanique", "Fonderies"),
        "es": ("Industrial", "Metalúrgica", "Mecanizados"),
        "it": ("Meccanica", "Officine", "Industrie"),
        "jp": ("Seiki", "Kogyo", "Manufacturing"),
    },
    "Logistics": {
        "*": ("Freight", "Logistics", "Haulage", "Distribution", "Couriers", "Cold Chain", "Lines", "Forwarding"),
        "de": ("Logistik", "Spedition", "Transporte"),
        "fr": ("Transports", "Logistique"),
        "es": ("Transportes", "Logística"),
        "nl": ("Transport", "Logistiek"),
    },
    "Healthcare": {
        "*": ("Health", "Care", "Clinics", "Hospitals", "Medical Group", "Diagnostics", "Community Care"),
        "de": ("Kliniken", "Pflege", "Diagnostik"),
        "fr": ("Santé", "Cliniques"),
        "es": ("Salud", "Clínicas"),
        "pt": ("Saúde", "Hospitais"),
    },
    "Hospitality": {
        "*": ("Hotels", "Inns", "Resorts", "Leisure", "Hospitality", "Lodges", "Holiday Parks"),
        "fr": ("Hôtels", "Résidences"),
        "es": ("Hoteles", "Paradores Rurales"),
        "it": ("Alberghi", "Terme"),
    },
    "Retail": {
        "*": ("Stores", "Outfitters", "Home", "Garden Centres", "Markets", "Trading", "Books", "Cycles"),
        "de": ("Handel", "Märkte"),
        "fr": ("Distribution", "Maison"),
        "nl": ("Winkels", "Wonen"),
    },
    "Food and drink": {
        "*": ("Foods", "Dairies", "Bakeries", "Brewing", "Mills", "Fine Foods", "Provisions", "Beverages"),
        "de": ("Brauerei", "Molkerei", "Mühlen"),
        "fr": ("Laiteries", "Vignobles", "Alimentation"),
        "es": ("Bodegas", "Alimentos", "Aceites"),
        "it": ("Pastificio", "Cantine", "Alimentari"),
        "in": ("Foods", "Spices", "Tea Estates"),
    },
    "Energy": {
        "*": ("Energy", "Power", "Renewables", "Wind", "Solar", "Grid Services", "Biogas"),
        "de": ("Energie", "Stadtwerke"),
        "nordic": ("Kraft", "Vind", "Energi"),
        "es": ("Energía", "Renovables"),
    },
    "Construction": {
        "*": ("Construction", "Builders", "Civils", "Scaffolding", "Surveyors", "Groundworks", "Roofing"),
        "de": ("Bau", "Hochbau"),
        "fr": ("Bâtiment", "Travaux"),
        "nordic": ("Bygg", "Entreprenad"),
        "pl": ("Budownictwo", "Konstrukcje"),
    },
    "Education": {
        "*": ("College", "Schools Trust", "Academies", "Institute", "Learning", "University Services"),
        "es": ("Colegios", "Formación"),
        "in": ("Vidyalaya", "Institute"),
    },
    "Property": {
        "*": ("Property", "Estates", "Facilities", "Housing", "Lettings", "Land", "Asset Management"),
        "de": ("Immobilien", "Hausverwaltung"),
        "nordic": ("Fastigheter", "Eiendom"),
        "nl": ("Vastgoed",),
    },
    "Water and waste": {
        "*": ("Water", "Recycling", "Environmental", "Drainage", "Reclaim", "Waste Services"),
        "de": ("Entsorgung", "Wasserwerke"),
        "fr": ("Eaux", "Recyclage"),
    },
    "Public sector": {
        "*": ("Borough Council", "County Services", "Fire and Rescue", "Transit Authority", "Port Authority"),
        "fr": ("Métropole",),
        "nordic": ("Kommune",),
        "nl": ("Gemeentewerken",),
    },
    "Life sciences": {
        "*": ("Biologics", "Laboratories", "Pharma", "Therapeutics", "Instruments", "Reagents"),
        "de": ("Labor", "Pharma"),
        "jp": ("Seiyaku", "Bio"),
    },
    "Agriculture": {
        "*": ("Farms", "Growers", "Seeds", "Orchards", "Grain", "Nurseries", "Livestock"),
        "es": ("Agrícola", "Huertas"),
        "pt": ("Agro", "Fazendas"),
        "fr": ("Vergers", "Semences"),
    },
}  # fmt: skip

# country → (root language, people's culture, weight, cities, phone pattern reserved for fiction or empty)
COUNTRIES: dict[str, tuple[str, str, int, tuple[str, ...], str]] = {
    "United Kingdom": ("en", "british", 22, ("Leeds", "Bristol", "Manchester", "Norwich", "Glasgow", "Cardiff", "London", "Belfast", "Hull"), "+44 20 7946 0{:03d}"),
    "United States": ("en", "american", 24, ("Columbus", "Denver", "Portland", "Austin", "Raleigh", "Milwaukee", "Boise", "Pittsburgh", "Tucson", "Chicago"), "+1 415 555 0{:03d}"),
    "Canada": ("en", "american", 6, ("Halifax", "Hamilton", "Winnipeg", "Calgary", "Ottawa"), "+1 613 555 0{:03d}"),
    "Ireland": ("en", "irish", 4, ("Cork", "Galway", "Dublin", "Limerick"), ""),
    "Australia": ("en", "british", 5, ("Brisbane", "Adelaide", "Hobart", "Melbourne", "Perth"), "+61 2 5550 0{:03d}"),
    "Germany": ("de", "german", 13, ("Bremen", "Leipzig", "Stuttgart", "Kassel", "Köln", "Hamburg", "Nürnberg"), "+49 30 23125 {:03d}"),
    "Austria": ("de", "german", 2, ("Graz", "Linz", "Wien", "Salzburg"), ""),
    "Switzerland": ("de", "german", 2, ("Basel", "Winterthur", "Luzern", "Zürich"), ""),
    "France": ("fr", "french", 7, ("Lyon", "Nantes", "Lille", "Grenoble", "Rouen", "Toulouse"), "+33 1 99 00 0{:03d}"),
    "Belgium": ("nl", "dutch", 2, ("Gent", "Antwerpen", "Leuven"), ""),
    "Netherlands": ("nl", "dutch", 5, ("Utrecht", "Eindhoven", "Groningen", "Rotterdam"), ""),
    "Spain": ("es", "spanish", 5, ("Zaragoza", "Valencia", "Bilbao", "Sevilla", "Málaga"), ""),
    "Mexico": ("es", "spanish", 3, ("Puebla", "Monterrey", "Querétaro", "León"), ""),
    "Chile": ("es", "spanish", 1, ("Valparaíso", "Concepción", "Santiago"), ""),
    "Portugal": ("pt", "portuguese", 2, ("Porto", "Braga", "Aveiro"), ""),
    "Brazil": ("pt", "portuguese", 4, ("Curitiba", "Campinas", "Recife", "Joinville"), ""),
    "Italy": ("it", "italian", 5, ("Bologna", "Torino", "Verona", "Bari", "Parma"), ""),
    "Sweden": ("nordic", "nordic", 4, ("Göteborg", "Uppsala", "Malmö", "Västerås"), "+46 8 465 00{:03d}"),
    "Norway": ("nordic", "nordic", 2, ("Bergen", "Trondheim", "Stavanger"), ""),
    "Denmark": ("nordic", "nordic", 3, ("Aarhus", "Odense", "Aalborg"), ""),
    "Finland": ("nordic", "nordic", 2, ("Tampere", "Turku", "Oulu"), ""),
    "Poland": ("pl", "polish", 3, ("Poznań", "Gdańsk", "Łódź", "Wrocław"), ""),
    "India": ("in", "indian", 5, ("Pune", "Coimbatore", "Jaipur", "Kochi", "Indore"), ""),
    "Japan": ("jp", "japanese", 3, ("Nagoya", "Sendai", "Kanazawa", "Fukuoka"), ""),
}  # fmt: skip

LEGAL = {
    "United Kingdom": ("Ltd", "Group", "plc"), "United States": ("Inc.", "LLC", "Co."), "Canada": ("Ltd.", "Inc."),
    "Ireland": ("Ltd",), "Australia": ("Pty Ltd",), "Germany": ("GmbH", "AG", "GmbH & Co. KG"), "Austria": ("GmbH",),
    "Switzerland": ("AG",), "France": ("SAS", "SA"), "Belgium": ("NV",), "Netherlands": ("B.V.", "N.V."),
    "Spain": ("S.L.", "S.A."), "Mexico": ("S.A. de C.V.",), "Chile": ("SpA",), "Portugal": ("Lda",),
    "Brazil": ("Ltda", "S.A."), "Italy": ("S.r.l.", "S.p.A."), "Sweden": ("AB",), "Norway": ("AS",),
    "Denmark": ("A/S",), "Finland": ("Oy",), "Poland": ("sp. z o.o.",), "India": ("Pvt Ltd",), "Japan": ("K.K.",),
}  # fmt: skip

# What the parts of a group are called, below the name of the group.
BRANCHES = (
    "North", "South", "East", "West", "Central", "Services", "Iberia", "Nordics", "Benelux", "DACH", "Americas",
    "Ireland", "Engineering", "Distribution", "Property", "Ventures", "Technical", "Shared Services", "Online",
    "Wholesale",
)  # fmt: skip
SITES = (
    "Plant 1",
    "Plant 2",
    "Depot",
    "Riverside",
    "Campus",
    "Airport",
    "Old Town",
    "Harbour",
    "Ring Road",
    "Parkside",
)

# How another source words the same industry, where the two disagree.
OTHERWISE = {
    "Manufacturing": "Industrial goods", "Logistics": "Transportation", "Healthcare": "Hospitals & clinics",
    "Hospitality": "Travel & leisure", "Retail": "Consumer goods", "Food and drink": "Consumer staples",
    "Energy": "Utilities", "Construction": "Engineering services", "Education": "Non-profit",
    "Property": "Real estate", "Water and waste": "Utilities", "Public sector": "Government",
    "Life sciences": "Pharmaceuticals", "Agriculture": "Farming",
}  # fmt: skip

TAGS = (
    "multi-site", "reference", "pilot", "partner-led", "executive attention", "security review", "beta programme",
    "EU data only", "case study", "slow network", "new buyer", "training heavy", "seasonal", "public tender",
)  # fmt: skip
